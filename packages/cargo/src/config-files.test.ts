import { symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import type { TomlNode } from "@release-actions/toml";
import { loadConfig, readConfigFile } from "./config-files.ts";
import { configEnvironment } from "./env-table.ts";

type Plain = string | { readonly [key: string]: Plain } | readonly Plain[];

function plain(node: TomlNode): Plain {
  if (node.kind === "table") return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  return node.kind === "array" ? node.items.map(plain) : node.value;
}

/** The configuration for the folder `work` of a file tree whose CARGO_HOME is `home`. */
function load(files: Readonly<Record<string, string>>, ...overrides: string[]) {
  using tree = new FileTree({ "work/src/main.rs": "", ...files });
  const config = loadConfig({ cwd: tree.path("work"), cargoHome: tree.path("home"), overrides });
  const shown = (text: string): string => text.replaceAll(`${tree.root}/`, "");
  return {
    root: plain(config.root),
    files: config.files.map(shown),
    warnings: config.warnings.map(shown),
    overrides: [...config.overrides].map(shown),
    env: configEnvironment(config, { SET: "outside", FORCED: "outside" }),
    tree: tree.root,
  };
}

const INNER = "work/.cargo/config.toml";
const OUTER = ".cargo/config.toml";
const HOME = "home/config.toml";

describe("configuration files", () => {
  test("are read from the folder, each folder above it and CARGO_HOME, nearest first", () => {
    const { files, root } = load({ [INNER]: "a.x = 1", [OUTER]: "a.x = 2\na.y = 2", [HOME]: "a.y = 3\nb = 3" });
    expect(files).toEqual([INNER, OUTER, HOME]);
    expect(root).toEqual({ a: { x: "1", y: "2" }, b: "3" });
  });

  test("include CARGO_HOME once when it is one of the folders", () => {
    using tree = new FileTree({ "work/.cargo/config.toml": "a = [1]" });
    const { root, files } = loadConfig({ cwd: tree.path("work"), cargoHome: tree.path("work/.cargo") });
    expect(files).toEqual([tree.path(INNER)]);
    expect(plain(root)).toEqual({ a: ["1"] });
  });

  test("are also read under the old name, which wins and causes a warning", () => {
    const old = load({ "work/.cargo/config": "a = 1" });
    expect(old.root).toEqual({ a: "1" });
    expect(old.warnings).toEqual(["work/.cargo/config has the deprecated name: rename it to config.toml"]);
    const both = load({ "work/.cargo/config": "a = 1", [INNER]: "a = 2" });
    expect(both.root).toEqual({ a: "1" });
    expect(both.warnings).toEqual(["both work/.cargo/config and config.toml exist: cargo reads only the first"]);
    expect(load({ [INNER]: "a = 2" }).warnings).toEqual([]);
  });

  test("cause no warning when the old name is a link to the new one", () => {
    using tree = new FileTree({ [INNER]: "a = 1" });
    symlinkSync("config.toml", tree.path("work/.cargo/config"));
    expect(loadConfig({ cwd: tree.path("work"), cargoHome: tree.path("home") }).warnings).toEqual([]);
  });

  test("lose to those of the command line, and a later argument wins over an earlier one", () => {
    const files = { [INNER]: "a = 1\nb = 1\nc = 1", "work/extra.toml": "a = 2\nb = 2" };
    const { root, files: read, overrides } = load(files, "extra.toml", "b = 3");
    expect(root).toEqual({ a: "2", b: "3", c: "1" });
    expect(read).toEqual(["work/extra.toml", INNER]);
    expect(overrides).toEqual(["work/extra.toml", "--config"]);
  });
});

describe("an argument of --config", () => {
  test.each([
    ["build.rustflags = ['-Cx']", { build: { rustflags: ["-Cx"] } }],
    ["a = { }", "cargo does not take an inline table here"],
    ["[a]", "expected a dotted key, found a table or a comment"],
    [" # a", "expected a dotted key, found a table or a comment"],
    ["", "expected one key, found none"],
    ["a = 1\nb = 2", "expected one key, found several"],
    ["a = 1 # why", "cargo does not take a comment here"],
    ["a = 1  ", { a: "1" }],
    ["registry.token = 'x'", "cargo does not accept a registry's token or key on the command line"],
    ["registries.own.secret-key = 'x'", "cargo does not accept a registry's token or key on the command line"],
    ["registries.own.token = 'x'", "cargo does not accept a registry's token or key on the command line"],
    ["registries.own.index = 'x'", { registries: { own: { index: "x" } } }],
  ])("%j is %p", (argument, expected) => {
    if (typeof expected === "string") expect(() => load({}, argument)).toThrow(`--config ${argument}: ${expected}`);
    else expect(load({}, argument).root).toEqual(expected);
  });
});

describe("one key in two files", () => {
  test.each([
    ["lists are joined, with the nearer one last", "a = [1]", "a = [2, 3]", { a: ["2", "3", "1"] }],
    [
      "a runner is replaced",
      "[target.t]\nrunner = ['a']",
      "[target.t]\nrunner = ['b']",
      { target: { t: { runner: ["a"] } } },
    ],
    ["a browser is replaced", "doc.browser = ['a']", "doc.browser = ['b']", { doc: { browser: ["a"] } }],
    [
      "a registry's credential provider is replaced",
      "registries.own.credential-provider = ['a']",
      "registries.own.credential-provider = ['b']",
      { registries: { own: { "credential-provider": ["a"] } } },
    ],
    [
      "a list with a similar name is joined",
      "[x.registries.own]\ncredential-provider = ['a']",
      "[x.registries.own]\ncredential-provider = ['b']",
      { x: { registries: { own: { "credential-provider": ["b", "a"] } } } },
    ],
    ["the nearer of two different values wins", "a = 1", "a = 'x'", { a: "1" }],
  ])("%s", (_how, inner, outer, expected) => {
    expect(load({ [INNER]: inner, [OUTER]: outer }).root).toEqual(expected);
  });

  test.each([
    ["a = [1]", "a = 'x'", "it is of type array in .*work/.cargo/config.toml:1 and string in .*/.cargo/config.toml:1"],
    ["a = 1", "a.b = 1", "it is of type integer in .* and table in "],
    ["a.b = 1", "a = [1]", "it is of type table in .* and array in "],
  ])("%s with %s is an error that names both places", (inner, outer, message) => {
    expect(() => load({ [INNER]: inner, [OUTER]: outer })).toThrow(new RegExp(`cannot merge \`a\`: ${message}`));
  });
});

describe("include", () => {
  test("reads other files, which lose to the including file, and a later one wins over an earlier one", () => {
    const { root, files } = load({
      [INNER]: 'include = ["one.toml", { path = "two.toml" }, { path = "none.toml", optional = true }]\na = 0',
      "work/.cargo/one.toml": "a = 1\nb = 1\nc = 1",
      "work/.cargo/two.toml": "a = 2\nb = 2",
    });
    expect(root).toEqual({ a: "0", b: "2", c: "1" });
    expect(files).toEqual([INNER, "work/.cargo/two.toml", "work/.cargo/one.toml"]);
  });

  test.each([
    ["include = 'one.toml'", {}, "`include` takes a list of paths"],
    ["include = [1]", {}, "`include` takes a list of paths"],
    ["include = [{ optional = true }]", {}, "`include` takes a list of paths"],
    ["include = ['one.json']", { "one.json": "" }, "a path that ends with .toml"],
    ["include = ['one.toml']", {}, "which does not exist"],
    ["include = [{ path = 'one.toml', optional = false }]", {}, "which does not exist"],
    ["include = ['config.toml']", {}, "which includes itself again: "],
    ["include = ['one.toml']", { "one.toml": "include = ['config.toml']" }, "which includes itself again: "],
    ["include = ['one.toml', 'one.toml']", { "one.toml": "" }, "which was included before"],
  ])("%s is an error at its line", (config, others, message) => {
    const files = Object.entries(others).map(([name, text]) => [`work/.cargo/${name}`, text]);
    expect(() => load({ [INNER]: config, ...Object.fromEntries(files) })).toThrow(message);
  });

  test("two files may include the same file", () => {
    const { root } = load({
      [INNER]: "include = ['../../x.toml']",
      [OUTER]: "include = ['../x.toml']",
      "x.toml": "a = 1",
    });
    expect(root).toEqual({ a: "1" });
  });
});

test("readConfigFile reads one file without those above it, and names it relative to the repository", () => {
  using tree = new FileTree({
    [OUTER]: "b = 1",
    [INNER]: "include = ['one.toml']\na = 1",
    "work/.cargo/one.toml": "c = 1",
  });
  const root = readConfigFile(tree.path(INNER), tree.root);
  expect(plain(root)).toEqual({ a: "1", c: "1" });
  expect(root.entries.get("a")?.location).toMatchObject({ file: INNER, line: 2 });
});

test("[env] adds variables to the environment, and only replaces one with `force`", () => {
  const { env, tree } = load({
    [INNER]: `[env]
NEW = "a"
SET = "b"
FORCED = { value = "c", force = true }
PLACE = { value = "dir/x", relative = true }
HERE = { value = "dir/x", relative = false }
NUMBER = 1`,
  });
  expect(env).toEqual({ SET: "outside", FORCED: "c", NEW: "a", PLACE: `${tree}/work/dir/x`, HERE: "dir/x" });
});
