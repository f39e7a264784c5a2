import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { findToolchainFile } from "./toolchain.ts";
import { packageField, readWorkspace } from "./workspace.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "workspace-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(name: string, content: string): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), content);
}

const crate = (name: string, rest = ""): string => `[package]\nname = "${name}"\nversion = "1.0.0"\n${rest}`;

describe("readWorkspace", () => {
  test("finds members by name, by pattern and as path dependencies, and leaves out excluded ones", () => {
    write(
      "Cargo.toml",
      '[workspace]\nmembers = ["app", "crates/*"]\nexclude = ["crates/out"]\n[workspace.dependencies]\nshared = { path = "shared" }\n',
    );
    write(
      "app/Cargo.toml",
      crate(
        "app",
        '[dependencies]\nnear = { path = "../near" }\nshared = { workspace = true }\n[target."cfg(unix)".dev-dependencies]\nunixy = { path = "../unixy" }\n',
      ),
    );
    write("crates/a/Cargo.toml", crate("a"));
    write("crates/out/Cargo.toml", crate("out"));
    write("crates/notes.md", "no crate");
    for (const name of ["near", "shared", "unixy", "unrelated"]) write(`${name}/Cargo.toml`, crate(name));
    const workspace = readWorkspace(path.join(root, "app"), root);
    expect(workspace.root).toBe(root);
    expect(workspace.crates.map(({ name }) => name)).toEqual(["app", "a", "near", "shared", "unixy"]);
    expect(workspace.crates[1]?.manifest.file).toBe("crates/a/Cargo.toml");
  });

  test("leaves out a path dependency outside of the workspace, and one without a manifest", () => {
    write("outer/Cargo.toml", crate("outer"));
    write("ws/Cargo.toml", '[workspace]\nmembers = ["app"]\n');
    write(
      "ws/app/Cargo.toml",
      crate("app", '[dependencies]\no = { path = "../../outer" }\ng = { path = "../gone" }\n'),
    );
    expect(readWorkspace(path.join(root, "ws"), root).crates.map(({ name }) => name)).toEqual(["app"]);
  });

  test("leaves out a crate that cannot be read, says so, and reads the others", () => {
    write("Cargo.toml", '[workspace]\nmembers = ["broken", "whole"]\n');
    write("broken/Cargo.toml", "[package\n");
    write("whole/Cargo.toml", crate("whole"));
    const left: string[] = [];
    const workspace = readWorkspace(root, root, { leaveOut: ({ message }) => left.push(message) });
    expect(workspace.crates.map(({ name }) => name)).toEqual(["whole"]);
    expect(left).toEqual([expect.stringContaining("broken/Cargo.toml:2 is not valid TOML")]);
  });

  test("takes braces in a member's name literally, as cargo does", () => {
    write("Cargo.toml", '[workspace]\nmembers = ["{a,b}"]\n');
    for (const name of ["a", "b"]) write(`${name}/Cargo.toml`, crate(name));
    expect(() => readWorkspace(root, root)).toThrow('the workspace member "{a,b}" has no Cargo.toml');
  });

  test("uses the workspace that the nearest crate names", () => {
    write("far/Cargo.toml", '[workspace]\nmembers = ["../app", "../gone"]\n');
    write("gone/notes.md", "");
    write("app/Cargo.toml", '[package]\nname = "app"\nversion = "1.0.0"\nworkspace = "../far"\n');
    const left: string[] = [];
    const workspace = readWorkspace(path.join(root, "app"), root, { leaveOut: ({ message }) => left.push(message) });
    expect(workspace.root).toBe(path.join(root, "far"));
    expect(workspace.crates.map(({ name }) => name)).toEqual(["app"]);
    expect(left).toEqual(['far/Cargo.toml:2: the workspace member "../gone" has no Cargo.toml']);
    write("app/inner/Cargo.toml", crate("inner"));
    expect(readWorkspace(path.join(root, "app/inner"), root).root).toBe(path.join(root, "app/inner"));
  });

  test("treats a single crate as a workspace", () => {
    write("Cargo.toml", crate("lone"));
    write("src/lib.rs", "");
    expect(readWorkspace(path.join(root, "src"), root).crates.map(({ name }) => name)).toEqual(["lone"]);
  });

  test("reads a field from the workspace when the crate inherits it", () => {
    write("Cargo.toml", '[workspace]\nmembers = ["a"]\n[workspace.package]\nversion = "1.7.0"\n');
    write("a/Cargo.toml", '[package]\nname = "a"\nversion.workspace = true\nrust-version = "1.90"\n');
    const workspace = readWorkspace(root, root);
    const [a] = workspace.crates;
    if (a === undefined) throw new Error("no crate");
    expect(packageField(workspace, a, "version")).toMatchObject({
      value: "1.7.0",
      location: { file: "Cargo.toml", line: 4 },
    });
    expect(packageField(workspace, a, "rust-version")).toMatchObject({
      value: "1.90",
      location: { file: "a/Cargo.toml", line: 4 },
    });
    expect(packageField(workspace, a, "edition")).toBeUndefined();
  });

  test("reads the lock file with the line of every version", () => {
    write("Cargo.toml", crate("a"));
    write("Cargo.lock", 'version = 4\n\n[[package]]\nname = "a"\nversion = "1.0.0"\n');
    const lock = readWorkspace(root, root).lock;
    expect(lock?.packages).toMatchObject([
      { name: "a", source: undefined, version: { value: "1.0.0", location: { line: 5 } } },
    ]);
  });

  test.each([
    [
      "a missing member",
      { "Cargo.toml": '[workspace]\nmembers = [\n  "gone",\n]\n' },
      /^Cargo.toml:3: the workspace member "gone" has no Cargo.toml/,
    ],
    [
      "a member that is not a package",
      { "Cargo.toml": '[workspace]\nmembers = ["a"]\n', "a/Cargo.toml": "[lib]\n" },
      /^a.Cargo.toml is a member .* no package.name/,
    ],
    [
      "a broken manifest",
      { "Cargo.toml": '[workspace]\nmembers = ["a"]\n', "a/Cargo.toml": "[package\n" },
      /^a.Cargo.toml:2 is not valid TOML/,
    ],
    [
      "a lock file of version 5 (B123)",
      { "Cargo.toml": crate("a"), "Cargo.lock": "\nversion = 5\n" },
      /^Cargo.lock is of version 5/,
    ],
    [
      "a lock file with conflict markers (B123)",
      { "Cargo.toml": crate("a"), "Cargo.lock": "version = 4\n<<<<<<< ours\n" },
      /^Cargo.lock:2 holds the marker of a merge conflict/,
    ],
    [
      "a locked package without a version",
      { "Cargo.toml": crate("a"), "Cargo.lock": '[[package]]\nname = "a"\n' },
      /^Cargo.lock:1: a \[\[package\]\] needs/,
    ],
    ["no manifest", { "README.md": "" }, /^there is no Cargo.toml in/],
  ])("refuses %s", (_name, files, message) => {
    for (const [name, content] of Object.entries(files)) write(name, content);
    expect(() => readWorkspace(root, root)).toThrow(message);
  });
});

describe("findToolchainFile", () => {
  test("uses the nearest file, and prefers the one without an extension", () => {
    write("rust-toolchain.toml", '[toolchain]\nprofile = "minimal"\nchannel = "1.94.0"\n');
    write("sub/deep/.keep", "");
    expect(findToolchainFile(path.join(root, "sub/deep"))).toMatchObject({ channel: "1.94.0", location: { line: 3 } });
    write("rust-toolchain", "1.95.0\n");
    expect(findToolchainFile(root)).toMatchObject({ channel: "1.95.0", location: { line: 1 } });
    write("sub/rust-toolchain", '[toolchain]\nchannel = "nightly-2026-03-21"\n');
    expect(findToolchainFile(path.join(root, "sub/deep"))).toMatchObject({ channel: "nightly-2026-03-21" });
  });

  test.each(['path = "/opt/rust"', 'components = ["rust-src"]', 'targets = ["wasm32-wasip1"]\nprofile = "minimal"'])(
    "finds no channel in a file with only %s, as rustup does",
    (line) => {
      write("rust-toolchain.toml", `[toolchain]\n${line}\n`);
      expect(findToolchainFile(root)).toBeUndefined();
    },
  );

  test.each([
    ["rust-toolchain.toml", "1.95.0\n", /is not valid TOML/],
    ["rust-toolchain.toml", "[toolchain]\n", /names no channel/],
    ["rust-toolchain.toml", '[toolchain]\nprofile = "minimal"\n', /names no channel/],
    ["rust-toolchain.toml", "[toolchain]\nchannel = 1.95\n", /names no channel/],
    ["rust-toolchain", "1.95.0\n1.94.0\n", /is not valid TOML/],
  ])("refuses a %s that contains %j", (name, content, message) => {
    write(name, content);
    expect(() => findToolchainFile(root)).toThrow(message);
  });
});
