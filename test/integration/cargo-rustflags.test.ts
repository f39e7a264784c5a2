import { expect, test } from "@jest/globals";
import { configEnvironment, loadConfig, printCfg, resolveRustflags } from "@release-actions/cargo";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import type { TomlNode } from "@release-actions/toml";
import { describeWith } from "../parts.ts";

const HOST = "x86_64-unknown-linux-gnu";
const MUSL = "x86_64-unknown-linux-musl";

interface Case {
  readonly name: string;
  /** Configuration files, relative to the folder of `work/`, where cargo is started, and `home/`, its CARGO_HOME. */
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly targets?: readonly string[];
}

const OUTER = ".cargo/config.toml";
const INNER = "work/.cargo/config.toml";
const HOME = "home/config.toml";

/** Each case is given to the real cargo and to the resolver: both must name the same arguments. */
const CASES: readonly Case[] = [
  { name: "nothing", files: {} },
  { name: "arrays joined over three files", files: arrays() },
  {
    name: "the nearest of two strings",
    files: { [OUTER]: build('"--cfg outer"'), [INNER]: build('"--cfg  inner\\t--cfg two"') },
  },
  { name: "an empty string", files: { [OUTER]: build('""') } },
  { name: "the old file name", files: { "work/.cargo/config": build('["--cfg", "old"]') } },
  {
    name: "both file names",
    files: { "work/.cargo/config": build('["--cfg=old"]'), [INNER]: build('["--cfg=new"]') },
  },
  {
    name: "a target table before build",
    files: { [INNER]: `${build('["--cfg=b"]')}\n${target(HOST, '["--cfg=t"]')}` },
    targets: [HOST, MUSL],
  },
  { name: "an empty target table beside build", files: { [INNER]: `${build('["--cfg=b"]')}\n${target(HOST, "[]")}` } },
  {
    name: "a triple and three cfg tables joined",
    files: {
      [OUTER]: `${target("cfg(unix)", '["--cfg=outer_unix"]')}\n${target(MUSL, '"-C link-self-contained=yes"')}`,
      [INNER]: [
        target("cfg(unix)", '["--cfg=inner_unix"]'),
        target(
          'cfg(all(target_env = "musl", not(windows), any(target_os="linux", target_os="none",)))',
          '"--cfg musl_linux"',
        ),
        target("cfg(windows)", '["--cfg=windows"]'),
        target(HOST, '["--cfg=host"]'),
      ].join("\n"),
    },
    targets: [HOST, MUSL, "x86_64-pc-windows-msvc", "aarch64-apple-darwin"],
  },
  {
    name: "cfg(true) and cfg(any())",
    files: {
      [INNER]: `${target("cfg(true)", '["--cfg=yes"]')}\n${target("cfg(any())", '["--cfg=no"]')}\n${target("cfg(all())", '["--cfg=all"]')}`,
    },
  },
  {
    name: "a malformed cfg, ignored",
    files: {
      [INNER]: `${target("cfg(unix", '["--cfg=no"]')}\n${target("cfg(not(a, b))", '["--cfg=no"]')}\n${build('["--cfg=b"]')}`,
    },
  },
  {
    name: "a flag that enables a cfg",
    files: { [INNER]: `${target(HOST, '["--cfg=first"]')}\n${target("cfg(first)", '["--cfg=second"]')}` },
  },
  {
    name: "a chain of cfgs longer than cargo follows",
    files: {
      [INNER]:
        ["a", "b", "c"].map((cfg, at) => target(`cfg(${cfg})`, `["--cfg=${"bcd"[at]}"]`)).join("\n") +
        target(HOST, '["--cfg=a"]'),
    },
  },
  {
    name: "a target feature that implies a cfg",
    files: {
      [INNER]: `${target(HOST, '["-Ctarget-feature=+crt-static"]')}\n${target('cfg(target_feature = "crt-static")', '["--cfg=crt"]')}`,
    },
  },
  { name: "RUSTFLAGS over every file", files: arrays(), env: { RUSTFLAGS: "  --cfg env  -Copt-level=1 " } },
  { name: "an empty RUSTFLAGS over every file", files: arrays(), env: { RUSTFLAGS: "" } },
  {
    name: "CARGO_ENCODED_RUSTFLAGS over RUSTFLAGS",
    files: arrays(),
    env: { RUSTFLAGS: "--cfg no", CARGO_ENCODED_RUSTFLAGS: "--cfg\x1fencoded" },
  },
  {
    name: "an empty CARGO_ENCODED_RUSTFLAGS",
    files: arrays(),
    env: { RUSTFLAGS: "--cfg no", CARGO_ENCODED_RUSTFLAGS: "" },
  },
  { name: "CARGO_BUILD_RUSTFLAGS after the files", files: arrays(), env: { CARGO_BUILD_RUSTFLAGS: "--cfg  env" } },
  {
    name: "CARGO_BUILD_RUSTFLAGS after a string",
    files: { [INNER]: build('"--cfg file"') },
    env: { CARGO_BUILD_RUSTFLAGS: "--cfg env" },
  },
  {
    name: "a target's variable",
    files: arrays(),
    env: { CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS: "--cfg env" },
    targets: [HOST, MUSL],
  },
  {
    name: "a target's variable between triple and cfg",
    files: { [INNER]: `${target(HOST, '["--cfg=t"]')}\n${target("cfg(unix)", '["--cfg=u"]')}` },
    env: { CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS: "--cfg=env" },
  },
  {
    name: "included files below the file that includes",
    files: {
      [INNER]: `include = ["a.toml", { path = "sub/b.toml" }, { path = "absent.toml", optional = true }]\n${build('["--cfg=main"]')}`,
      "work/.cargo/a.toml": build('["--cfg=a"]'),
      "work/.cargo/sub/b.toml": `include = ["c.toml"]\n${build('["--cfg=b"]')}`,
      "work/.cargo/sub/c.toml": build('["--cfg=c"]'),
      [OUTER]: build('["--cfg=outer"]'),
    },
  },
  {
    name: "the later of two included strings",
    files: {
      [INNER]: 'include = ["a.toml", "b.toml"]\n',
      "work/.cargo/a.toml": build('"--cfg a"'),
      "work/.cargo/b.toml": build('"--cfg b"'),
    },
  },
  {
    name: "crt-static, which cargo does not see where it is the default",
    files: { [INNER]: `${target('cfg(target_feature = "crt-static")', '["--cfg=crt"]')}\n${build('["--cfg=b"]')}` },
    targets: [MUSL, "wasm32-wasip1"],
  },
  {
    name: "a triple with a dot",
    files: {
      [INNER]: `[target."thumbv8m.main-none-eabi"]\nrustflags = ["--cfg=quoted"]\n[target.thumbv8m.main-none-eabi]\nrustflags = ["--cfg=plain"]\n`,
    },
    env: { CARGO_TARGET_THUMBV8M_MAIN_NONE_EABI_RUSTFLAGS: "--cfg env" },
    targets: ["thumbv8m.main-none-eabi"],
  },
  {
    name: "odd white space in a cfg",
    files: {
      [INNER]: [" cfg(unix)", "cfg (unix)", "cfg( unix )", "cfg(\tunix)"]
        .map((key, at) => `[target.${JSON.stringify(key)}]\nrustflags = ["--cfg=w${at}"]\n`)
        .join(""),
    },
  },
  {
    name: "RUSTC_BOOTSTRAP in an [env] table, which makes unstable cfgs visible",
    files: {
      [INNER]: `[env]\nRUSTC_BOOTSTRAP = "1"\n${target("cfg(target_thread_local)", '["--cfg=t"]')}`,
    },
  },
  {
    name: "an [env] table, which is not a source of flags",
    files: { [INNER]: `[env]\nRUSTFLAGS = { value = "--cfg no", force = true }\n${build('["--cfg=b"]')}` },
  },
];

describeWith(["cargo", "rustc"], "resolveRustflags names the arguments that cargo passes", () => {
  for (const each of CASES) {
    test.each([...(each.targets ?? [HOST])])(`${each.name}: %s`, async (targetName) => {
      using tree = crateTree(each.files);
      const env = environment(tree, each.env);
      const ours = await resolve(tree, env, targetName);
      expect(ours.args.map((arg) => arg.value)).toEqual(await askCargo(tree, env, targetName));
    });
  }
});

describeWith(["cargo", "rustc"], "flags of a profile", () => {
  test("apply in addition to RUSTFLAGS, which replaces all other sources", async () => {
    using tree = crateTree({ [INNER]: `${build('["--cfg=b"]')}\n[profile.dev]\nrustflags = ["--cfg=profile"]\n` });
    const env = environment(tree, { RUSTFLAGS: "--cfg=env", RUSTC_BOOTSTRAP: "1" });
    const ours = await resolve(tree, env, HOST);
    expect(ours.ofProfiles.map(({ value, origin }) => [value, origin.name])).toEqual([
      ["--cfg=profile", "profile.dev.rustflags"],
    ]);
    const args = ["rustc", "-v", "--offline", "-Zprofile-rustflags", "--target", HOST];
    const { stderr } = await runCommand("cargo", args, { cwd: tree.path("work"), env });
    expect(stderr).toMatch(/Running `.* --cfg=profile .* --cfg=env`/);
    expect(stderr).not.toContain("--cfg=b");
  });
});

describeWith(["cargo"], "loadConfig refuses what cargo refuses", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      "a string against an array",
      { [OUTER]: build('"--cfg a"'), [INNER]: build('["--cfg=b"]') },
      /cannot merge `build.rustflags`: .* type array in .*:2 and string in .*:2/,
    ],
    ["a number as flags", { [INNER]: build("3") }, /config.toml:2: `build.rustflags` takes a string or an array/],
    ["a number among the flags", { [INNER]: build('["a", 3]') }, /config.toml:2: `build.rustflags` takes/],
    [
      "a file that includes itself",
      { [INNER]: 'include = ["config.toml"]\n' },
      /config.toml:1 includes config.toml, which includes itself again/,
    ],
    [
      "two files that include each other",
      { [INNER]: 'include = ["a.toml"]\n', "work/.cargo/a.toml": 'include = ["config.toml"]\n' },
      /a.toml:1 includes config.toml, which includes itself/,
    ],
    [
      "an included file that is missing",
      { [INNER]: '\ninclude = ["a.toml"]\n' },
      /config.toml:2 includes a.toml, which does not exist/,
    ],
    [
      "an included file of another kind",
      { [INNER]: 'include = ["a.json"]\n' },
      /cargo requires a path that ends with .toml/,
    ],
    [
      "include as a string",
      { [INNER]: 'include = "a.toml"\n', "work/.cargo/a.toml": "" },
      /config.toml:1: `include` takes a list/,
    ],
    ["a duplicate key", { [INNER]: "[build]\nrustflags = []\nrustflags = []\n" }, /config.toml:3 is not valid TOML/],
  ])("%s", async (_name, files, message) => {
    using tree = crateTree(files);
    const env = environment(tree);
    await expect(resolve(tree, env, HOST)).rejects.toThrow(message);
    await expect(askCargo(tree, env, HOST)).rejects.toThrow("cargo refused");
  });
});

describeWith(["cargo"], "loadConfig merges as `cargo config get` does", () => {
  test.each<[string, Record<string, string>]>([
    [
      "lists are joined, and for other values the nearest file wins",
      {
        [HOME]: '[alias]\nb = ["build"]\n[net]\nretry = 1\n[http]\ntimeout = 3\n',
        [OUTER]: '[alias]\nb = ["--release"]\n[net]\nretry = 2\noffline = true\n',
        [INNER]: '[net]\nretry = 3\n[target.foo]\nlinker = "lld"\n',
      },
    ],
    [
      // When the table has other keys, cargo 1.95 sometimes joins the list and sometimes replaces it.
      "a runner is replaced as a whole",
      { [HOME]: '[target.foo]\nrunner = ["home"]\n', [OUTER]: '[target.foo]\nrunner = ["outer"]\n' },
    ],
  ])("%s", async (_name, files) => {
    using tree = crateTree(files);
    const env = { ...environment(tree), RUSTC_BOOTSTRAP: "1" };
    const command = ["config", "get", "--format=json", "-Zunstable-options"];
    const { stdout } = await runCommand("cargo", command, { cwd: tree.path("work"), env });
    const { root } = loadConfig({ cwd: tree.path("work"), cargoHome: tree.path("home") });
    expect(plainValue(root)).toEqual(JSON.parse(stdout));
  });
});

function plainValue(node: TomlNode): unknown {
  if (node.kind === "table")
    return Object.fromEntries([...node.entries].map(([key, value]) => [key, plainValue(value)]));
  if (node.kind === "array") return node.items.map(plainValue);
  return node.kind === "string" ? node.value : JSON.parse(node.value);
}

async function resolve(tree: FileTree, env: Record<string, string | undefined>, target: string) {
  const cwd = tree.path("work");
  const config = loadConfig({ cwd, cargoHome: tree.path("home") });
  const question = { cwd, env: configEnvironment(config, env), run: runCommand };
  return await resolveRustflags({ config, env, target, printCfg: (flags) => printCfg(question, target, flags) });
}

/** The arguments after the library paths on cargo's `Running` line, printed even where the target's std is missing. */
async function askCargo(tree: FileTree, env: Record<string, string | undefined>, target: string): Promise<string[]> {
  const { stderr } = await runCommand("cargo", ["rustc", "-v", "--offline", "--target", target], {
    cwd: tree.path("work"),
    env,
    check: false,
  });
  const line = /Running `(.*)`$/m.exec(stderr)?.[1];
  if (line === undefined) throw new Error(`cargo refused: ${stderr}`);
  const words = [...line.matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
  const last = words.findLastIndex((word) => word.startsWith("dependency="));
  return words.slice(last + 1);
}

function crateTree(files: Readonly<Record<string, string>>): FileTree {
  return new FileTree({
    "work/Cargo.toml": '[package]\nname = "probe"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n',
    "work/src/lib.rs": "#![no_std]\n",
    "home/.keep": "",
    ...files,
  });
}

function environment(tree: FileTree, extra: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
  const names = ["PATH", "HOME", "RUSTUP_HOME"];
  const kept = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  return { ...kept, CARGO_HOME: tree.path("home"), ...extra };
}

function arrays(): Record<string, string> {
  return {
    [HOME]: build('["--cfg", "home"]'),
    [OUTER]: build('["--cfg", "outer"]'),
    [INNER]: build('["-C", "debuginfo=1"]'),
  };
}

function build(flags: string): string {
  return `[build]\nrustflags = ${flags}\n`;
}

function target(key: string, flags: string): string {
  return `[target.'${key}']\nrustflags = ${flags}\n`;
}
