import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { afterAll, expect, test } from "@jest/globals";
import { configEnvironment, loadConfig, printCfg, resolveRustflags } from "@release-actions/cargo";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { Fault } from "@release-actions/report";
import { describeWith } from "../parts.ts";

/** How many layouts to try, and the first seed. To try many: `FLAG_LAYOUTS=1000 FLAG_SEED=0`. */
const LAYOUTS = Number(process.env["FLAG_LAYOUTS"] ?? 40);
const FIRST_SEED = Number(process.env["FLAG_SEED"] ?? 1);

const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "x86_64-unknown-linux-musl",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
  "wasm32-wasip1",
  "thumbv8m.main-none-eabi",
] as const;

/** Keys of `[target]`, as TOML writes them. */
const KEYS = [
  ...TARGETS.map((triple) => `"${triple}"`),
  "thumbv8m.main-none-eabi",
  ...[
    "cfg(unix)",
    "cfg(windows)",
    "cfg(all())",
    "cfg(any())",
    "cfg(true)",
    "cfg(false)",
    "cfg(not(unix))",
    "cfg( unix )",
  ].map(quote),
  ...[
    "cfg (unix)",
    " cfg(unix)",
    "cfg(unix) ",
    "cfg(\tunix)",
    "cfg(unix",
    "cfg(a b)",
    "cfg(not(a, b))",
    "cfg(r#unix)",
    "cfg(first)",
  ].map(quote),
  ...['cfg(target_os="linux")', 'cfg(target_env = "musl")', 'cfg(any(target_os = "none", target_os="wasi",))'].map(
    quote,
  ),
  ...['cfg(target_feature = "crt-static")', "cfg(proc_macro)", "cfg(debug_assertions)", "cfg(target_thread_local)"].map(
    quote,
  ),
  ...['cfg(all(unix, target_arch = "x86_64"))', 'cfg(panic = "unwind")'].map(quote),
];

/** Unusual arguments of `--config`; cargo accepts some and refuses others. */
const ODD_LINES = [
  ...["", "build", "no-such-file.toml", "[build]", "# nothing", "build.rustflags = ['--cfg=a'] # why"],
  ...["build = { rustflags = ['--cfg=a'] }", "build={}", "build.rustflags=", "build.rustflags=1", "[[build]]"],
  ...[" build.rustflags = ['--cfg=spaced'] ", "build . rustflags = '--cfg=a --cfg=b'", "build.rustflags=[]"],
  ...["build.rustflags=['--cfg=a']\nbuild.jobs=1", "build.jobs=1\n", "registry.token='x'", "registries.a.token='x'"],
  ...["include=['.cargo/more.toml']", "env.RUSTC_BOOTSTRAP='1'", "host.rustflags=['--cfg=host']", "build.jobs=1 "],
] as const;

interface Layout {
  readonly files: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly target: string;
  /** Arguments of `--config`: files and lines of TOML. */
  readonly overrides: readonly string[];
  readonly symlink: boolean;
}

/** Random numbers, the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function makeLayout(seed: number): Layout {
  const next = numbers(seed);
  const chance = (share: number): boolean => next() < share;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T; // The index is below the length.
  let count = 0;
  const flag = (): string => {
    count += 1;
    return pick([
      `--cfg=f${count}`,
      "--cfg=first",
      "-Cdebuginfo=1",
      "-Ctarget-feature=+crt-static",
      "-Ctarget-feature=-crt-static",
    ]);
  };
  const value = (): string => {
    if (chance(0.15)) return JSON.stringify([flag(), flag()].join(pick([" ", "  "])));
    return chance(0.08) ? "[]" : JSON.stringify(Array.from({ length: 1 + Math.floor(next() * 2) }, flag));
  };
  const file = (includes: readonly string[]): string => {
    const lines = includes.length > 0 ? [`include = ${JSON.stringify(includes)}`] : [];
    if (chance(0.1))
      lines.push("[env]", chance(0.5) ? 'RUSTC_BOOTSTRAP = "1"' : 'RUSTC_BOOTSTRAP = { value = "1", force = true }');
    if (chance(0.1)) lines.push("[host]", `rustflags = ${value()}`);
    if (chance(0.5)) lines.push("[build]", `rustflags = ${value()}`);
    const keys = new Set(Array.from({ length: Math.floor(next() * 4) }, () => pick(KEYS)));
    for (const key of keys) lines.push(`[target.${key}]`, `rustflags = ${value()}`);
    return `${lines.join("\n")}\n`;
  };
  const files: Record<string, string> = {};
  const included = chance(0.25);
  if (included) files["work/.cargo/more.toml"] = file([]);
  if (included && chance(0.3)) files["work/.cargo/again.toml"] = file(["more.toml"]);
  const includes = included
    ? ["more.toml", ...(files["work/.cargo/again.toml"] === undefined ? [] : ["again.toml"])]
    : [];
  if (chance(0.8)) files[`work/.cargo/${pick(["config.toml", "config.toml", "config"])}`] = file(includes);
  if (chance(0.5)) files[".cargo/config.toml"] = file([]);
  if (chance(0.3)) files["home/config.toml"] = file([]);
  const override = chance(0.2);
  if (override) files["work/override.toml"] = file([]);
  const lines = Array.from({ length: chance(0.3) ? 1 + Math.floor(next() * 2) : 0 }, () =>
    chance(0.9) ? `${pick(["build", ...KEYS.map((key) => `target.${key}`)])}.rustflags=${value()}` : pick(ODD_LINES),
  );
  const overrides = [...(override ? ["override.toml"] : []), ...lines];
  if (chance(0.5)) overrides.reverse();
  const target = pick(TARGETS);
  const env: Record<string, string> = {};
  if (chance(0.1)) env["RUSTFLAGS"] = pick(["", "--cfg env", " -Cdebuginfo=2  --cfg=x "]);
  if (chance(0.05)) env["CARGO_ENCODED_RUSTFLAGS"] = pick(["", "--cfg\x1fencoded"]);
  if (chance(0.25)) env["CARGO_BUILD_RUSTFLAGS"] = "--cfg built";
  if (chance(0.25)) env[`CARGO_TARGET_${target.toUpperCase().replace(/[-.]/g, "_")}_RUSTFLAGS`] = "--cfg targeted";
  return { files, env, target, overrides, symlink: chance(0.15) };
}

function quote(key: string): string {
  return JSON.stringify(key);
}

/** Passes cargo's queries to the real rustc. When asked to compile, it records its arguments and fails. */
const FAKE_RUSTC = `#!/bin/bash
for arg in "$@"; do
  case "$arg" in -vV|--print|--print=*) exec "$REAL_RUSTC" "$@" ;; esac
done
printf '%s\\0' "$@" > "$RECORD"
exit 1
`;

describeWith(["cargo", "rustc"], "resolveRustflags and the real cargo", () => {
  const shared = new FileTree({ rustc: FAKE_RUSTC });
  chmodSync(shared.path("rustc"), 0o755);
  afterAll(() => shared[Symbol.dispose]());
  const answers = new Map<string, ReturnType<typeof printCfg>>();
  let real: string | undefined;

  async function ask(layout: Layout, tree: FileTree): Promise<string[] | "refused"> {
    real ??= (await runCommand("rustup", ["which", "rustc"]).catch(() => runCommand("which", ["rustc"]))).stdout.trim();
    const record = shared.path("record");
    rmSync(record, { force: true });
    const env = {
      ...environment(layout, tree),
      RUSTC: shared.path("rustc"),
      REAL_RUSTC: real,
      RECORD: record,
      CARGO_TARGET_DIR: shared.path("target"),
    };
    const config = layout.overrides.flatMap((each) => ["--config", each]);
    const args = ["rustc", "--offline", "--target", layout.target, ...config];
    await runCommand("cargo", args, { cwd: folderOf(layout, tree), env, check: false });
    if (!existsSync(record)) return "refused";
    const words = readFileSync(record, "utf8").split("\0").slice(0, -1);
    return words.slice(words.findLastIndex((word) => word.startsWith("dependency=")) + 1);
  }

  async function resolve(layout: Layout, tree: FileTree): Promise<string[] | "refused"> {
    const cwd = folderOf(layout, tree);
    const env = environment(layout, tree);
    try {
      const config = loadConfig({ cwd, cargoHome: tree.path("home"), overrides: layout.overrides });
      const question = { cwd, env: configEnvironment(config, env), run: runCommand };
      const cfg = (flags: readonly string[]): ReturnType<typeof printCfg> => {
        const key = JSON.stringify([layout.target, flags, question.env["RUSTC_BOOTSTRAP"]]);
        const known = answers.get(key) ?? printCfg(question, layout.target, flags);
        answers.set(key, known);
        return known;
      };
      const { args } = await resolveRustflags({ config, env, target: layout.target, printCfg: cfg });
      return args.map(({ value }) => value);
    } catch (error) {
      if (error instanceof Fault) return "refused";
      throw error;
    }
  }

  test(`agree on ${LAYOUTS} random layouts`, async () => {
    const different: object[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + LAYOUTS; seed += 1) {
      const layout = makeLayout(seed);
      using tree = treeOf(layout);
      const [cargo, ours] = [await ask(layout, tree), await resolve(layout, tree)];
      if (JSON.stringify(cargo) !== JSON.stringify(ours)) different.push({ seed, cargo, ours, ...layout });
    }
    expect(different).toEqual([]);
  }, 3_600_000);
});

function treeOf(layout: Layout): FileTree {
  const tree = new FileTree({
    "work/Cargo.toml": '[package]\nname = "probe"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n',
    "work/src/lib.rs": "#![no_std]\n",
    "home/.keep": "",
    "elsewhere/.cargo/config.toml": '[build]\nrustflags = ["--cfg=elsewhere"]\n',
    ...layout.files,
  });
  if (layout.symlink) symlinkSync(tree.path("work"), tree.path("elsewhere/link"));
  return tree;
}

function folderOf({ symlink }: Layout, tree: FileTree): string {
  return symlink ? tree.path("elsewhere/link") : tree.path("work");
}

function environment({ env }: Layout, tree: FileTree): Record<string, string | undefined> {
  const names = ["PATH", "HOME", "RUSTUP_HOME"];
  return {
    ...Object.fromEntries(names.map((name) => [name, process.env[name]])),
    CARGO_HOME: tree.path("home"),
    ...env,
  };
}
