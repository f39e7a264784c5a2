import { expect, test } from "@jest/globals";
import { configEnvironment, loadConfig, printCfg, resolveRustflags } from "@release-actions/cargo";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import type { TomlNode } from "@release-actions/toml";
import { describeWith } from "../parts.ts";
import { readCases } from "../support/case-tables.ts";

const HOST = "x86_64-unknown-linux-gnu";

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly targets?: readonly string[];
}

interface Refused extends Case {
  readonly message: string;
}

const { resolved, refused } = readCases<{ resolved: readonly Case[]; refused: readonly Refused[] }>("rustflags.yml");

describeWith(["cargo", "rustc"], "resolveRustflags names the arguments that cargo passes", () => {
  for (const each of resolved) {
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
    const config = '[build]\nrustflags = ["--cfg=b"]\n\n[profile.dev]\nrustflags = ["--cfg=profile"]\n';
    using tree = crateTree({ "work/.cargo/config.toml": config });
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
  test.each(refused)("$name", async ({ files, message }) => {
    using tree = crateTree(files);
    const env = environment(tree);
    await expect(resolve(tree, env, HOST)).rejects.toThrow(new RegExp(message));
    await expect(askCargo(tree, env, HOST)).rejects.toThrow("cargo refused");
  });
});

describeWith(["cargo"], "loadConfig merges as `cargo config get` does", () => {
  test.each<[string, Record<string, string>]>([
    [
      "lists are joined, and for other values the nearest file wins",
      {
        "home/config.toml": '[alias]\nb = ["build"]\n[net]\nretry = 1\n[http]\ntimeout = 3\n',
        ".cargo/config.toml": '[alias]\nb = ["--release"]\n[net]\nretry = 2\noffline = true\n',
        "work/.cargo/config.toml": '[net]\nretry = 3\n[target.foo]\nlinker = "lld"\n',
      },
    ],
    [
      // When the table has other keys, cargo 1.95 sometimes joins the list and sometimes replaces it.
      "a runner is replaced as a whole",
      {
        "home/config.toml": '[target.foo]\nrunner = ["home"]\n',
        ".cargo/config.toml": '[target.foo]\nrunner = ["outer"]\n',
      },
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
