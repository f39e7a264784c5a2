import { describe, expect, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import { parseCfgLines } from "./cfg.ts";
import { loadConfig } from "./config-files.ts";
import { resolveRustflags } from "./rustflags.ts";

const TARGET = "x86_64-unknown-linux-gnu";

interface Question {
  readonly config?: string;
  readonly outer?: string;
  readonly overrides?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly target?: string;
}

/** Resolves the flags with a Unix compiler that sets a `cfg` for each `--cfg`; `asked` lists the flags of its calls. */
async function resolve({ config = "", outer = "", overrides = [], env = {}, target = TARGET }: Question) {
  using tree = new FileTree({ "work/.cargo/config.toml": config, ".cargo/config.toml": outer });
  const asked: (readonly string[])[] = [];
  const loaded = loadConfig({ cwd: tree.path("work"), cargoHome: tree.path("home"), overrides });
  const resolved = await resolveRustflags({
    config: loaded,
    env,
    target,
    printCfg: async (args) => {
      asked.push(args);
      return parseCfgLines(["unix", ...args.map((arg) => arg.replace("--cfg=", ""))].join("\n"));
    },
  });
  const values = (args: typeof resolved.args): string[] => args.map(({ value }) => value);
  return { ...resolved, flags: values(resolved.args), asked, hidden: values(resolved.overridden) };
}

const EVERYWHERE = `build.rustflags = ["build"]
[target.${TARGET}]
rustflags = ["target"]`;

describe("resolveRustflags", () => {
  test("uses only the first of: the encoded variable, the plain one, the target's flags, the build's flags", async () => {
    const env = { CARGO_ENCODED_RUSTFLAGS: "a b\x1fc", RUSTFLAGS: "d" };
    const all = await resolve({ config: EVERYWHERE, env });
    expect([all.source, all.flags, all.hidden]).toEqual([
      "CARGO_ENCODED_RUSTFLAGS",
      ["a b", "c"],
      ["d", "target", "build"],
    ]);
    const plain = await resolve({ config: EVERYWHERE, env: { RUSTFLAGS: " -Cd  -g\t " } });
    expect([plain.source, plain.flags, plain.hidden]).toEqual(["RUSTFLAGS", ["-Cd", "-g"], ["target", "build"]]);
    const target = await resolve({ config: EVERYWHERE });
    expect([target.source, target.flags, target.hidden]).toEqual(["target", ["target"], ["build"]]);
    const build = await resolve({ config: EVERYWHERE, target: "aarch64-apple-darwin" });
    expect([build.source, build.flags, build.hidden]).toEqual(["build", ["build"], []]);
    const none = await resolve({});
    expect([none.source, none.flags]).toEqual(["none", []]);
  });

  test.each(["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"])("lets an empty %s override the files", async (name) => {
    const { source, flags } = await resolve({ config: EVERYWHERE, env: { [name]: "" } });
    expect([source, flags]).toEqual([name, []]);
  });

  test("ignores an empty list for the target", async () => {
    const { source } = await resolve({ config: EVERYWHERE.replace('["target"]', "[]") });
    expect(source).toBe("build");
  });

  test("records the origin of each flag", async () => {
    const { args } = await resolve({
      config: EVERYWHERE,
      env: { CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS: "variable" },
    });
    expect(args.map(({ origin }) => [origin.name, origin.location?.line])).toEqual([
      [`target.${TARGET}.rustflags`, 3],
      ["CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", undefined],
    ]);
    const encoded = await resolve({ env: { CARGO_ENCODED_RUSTFLAGS: "a" } });
    expect(encoded.args[0]?.origin).toEqual({ name: "CARGO_ENCODED_RUSTFLAGS", location: undefined });
    const plain = await resolve({ env: { RUSTFLAGS: "a" } });
    expect(plain.args[0]?.origin).toEqual({ name: "RUSTFLAGS", location: undefined });
    const text = await resolve({ config: 'build.rustflags = "a"' });
    expect(text.args[0]?.origin).toMatchObject({ name: "build.rustflags", location: { line: 1 } });
  });

  test("orders flags by precedence: files, the variable, the command line", async () => {
    const { flags } = await resolve({
      config: 'build.rustflags = ["inner"]',
      outer: 'build.rustflags = "outer"'.replace('"outer"', '["outer"]'),
      overrides: ["build.rustflags = ['override']"],
      env: { CARGO_BUILD_RUSTFLAGS: "variable" },
    });
    expect(flags).toEqual(["outer", "inner", "variable", "override"]);
  });

  test("finds the flags for a triple with a dot as cargo does", async () => {
    const { flags } = await resolve({
      config: "[target.thumbv8m.main-none-eabi]\nrustflags = 'a'",
      env: { CARGO_TARGET_THUMBV8M_MAIN_NONE_EABI_RUSTFLAGS: "b" },
      target: "thumbv8m.main-none-eabi",
    });
    expect(flags).toEqual(["a", "b"]);
  });

  test.each(["1", "{ a = 1 }", "[1]"])("refuses a value of another type, and names its line: %s", async (value) => {
    await expect(resolve({ config: `build.rustflags = ${value}` })).rejects.toThrow(
      /config\.toml:1: `build\.rustflags` takes a string or an array of strings, found a value of type (integer|table)/,
    );
  });

  test("lists the flags of profiles separately, for any source", async () => {
    const { ofProfiles, flags } = await resolve({
      config: '[profile.release]\nrustflags = ["p"]\n[profile.dev]\nopt-level = 1',
      env: { RUSTFLAGS: "a" },
    });
    expect(flags).toEqual(["a"]);
    expect(ofProfiles.map(({ value, origin }) => [value, origin.name])).toEqual([["p", "profile.release.rustflags"]]);
  });
});

describe("flags of target.'cfg(..)'", () => {
  test("are joined in the order of their keys when they match, and rustc is not run when there are none", async () => {
    const config = `[target.'cfg(unix)']
rustflags = ["second"]
[target.'cfg(all())']
rustflags = ["first"]
[target.'cfg(windows)']
rustflags = ["never"]`;
    expect((await resolve({ config })).flags).toEqual(["first", "second"]);
    expect((await resolve({ config: EVERYWHERE })).asked).toEqual([]);
    expect((await resolve({ config: "[target.'cfg(unix)']\nrunner = 'x'" })).asked).toEqual([]);
  });

  test("may be enabled by another flag, with which rustc then runs again", async () => {
    const config = `[target.${TARGET}]
rustflags = ["--cfg=first"]
[target.'cfg(first)']
rustflags = ["second"]`;
    const { flags, asked, warnings } = await resolve({ config });
    expect(flags).toEqual(["--cfg=first", "second"]);
    expect(asked).toEqual([["--cfg=first"], ["--cfg=first", "second"]]);
    expect(warnings).toEqual([]);
  });

  test("are resolved in two rounds, and later ones are dropped with a warning", async () => {
    const config = `[target.${TARGET}]
rustflags = ["--cfg=a"]
[target.'cfg(a)']
rustflags = ["--cfg=b"]
[target.'cfg(b)']
rustflags = ["--cfg=c"]
[target.'cfg(c)']
rustflags = ["--cfg=d"]`;
    const { flags, asked, warnings } = await resolve({ config });
    expect(flags).toEqual(["--cfg=a", "--cfg=b"]);
    expect(asked).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining("cargo stops after two rounds and drops them")]);
  });

  test("are ignored with a warning when the condition is malformed and there are no other flags", async () => {
    const { flags, warnings } = await resolve({ config: "[target.'cfg(unix']\nrustflags = ['a']" });
    expect(flags).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/config\.toml:2: cargo ignores the malformed `cfg\(unix`/)]);
  });

  test("are ignored with one warning when the condition is malformed", async () => {
    const config = "[target.'cfg(unix']\nrustflags = ['a']\n[target.'cfg(unix)']\nrustflags = ['b']";
    const { flags, warnings } = await resolve({ config });
    expect(flags).toEqual(["b"]);
    expect(warnings).toEqual([expect.stringMatching(/config\.toml:2: cargo ignores the malformed `cfg\(unix`/)]);
  });
});
