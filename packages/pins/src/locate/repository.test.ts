import { symlinkSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import { PinsError } from "../fact.ts";
import { Repository } from "./repository.ts";

describe("the files of a repository", () => {
  test("are sorted, without build folders, other repositories and linked files", () => {
    using tree = new FileTree({
      ...{ "b/x.txt": "", "a.txt": "", ".git/config": "", ".github/x.yml": "", "b/.git/config": "" },
      ...{ "c/node_modules/x": "", "target/x": "", "vendor/x": "", "dist/x": "", ".venv/x": "", ".jj/x": "" },
      ...{ "sub/.git": "gitdir: x", "sub/x.txt": "", "targets/x": "" },
    });
    symlinkSync(tree.path("a.txt"), tree.path("link.txt"));
    const repository = new Repository(tree.root);
    expect(repository.names).toEqual([".github/x.yml", "a.txt", "targets/x"]);
    expect(repository.has("a.txt")).toBe(true);
    expect(repository.has("b/x.txt")).toBe(false);
    expect(repository.matching(/x$/)).toEqual(["targets/x"]);
  });

  test("are sorted independent of the file system's order", () => {
    const names = ["m", "c", "x", "a", "q", "B", "0", "d/z", "d/b", "d-a"];
    using tree = new FileTree(Object.fromEntries(names.map((name) => [name, ""])));
    expect(new Repository(tree.root).names).toEqual(["0", "B", "a", "c", "d-a", "d/b", "d/z", "m", "q", "x"]);
  });

  test("are read once", () => {
    using tree = new FileTree({ "a.toml": "x = 1\n", "a.yml": "x: 1\n", Dockerfile: "FROM scratch\n" });
    const repository = new Repository(tree.root);
    const before = [repository.text("a.toml"), repository.toml("a.toml"), repository.yaml("a.yml")];
    tree.write("a.toml", "x = 2\n");
    expect([repository.text("a.toml"), repository.toml("a.toml"), repository.yaml("a.yml")]).toEqual(before);
    expect(repository.toml("a.toml")).toBe(before[1]);
    expect(repository.dockerfile("Dockerfile")).toBe(repository.dockerfile("Dockerfile"));
    expect(repository.locator("a.toml")(3)).toMatchObject({ file: "a.toml", line: 1 });
  });
});

describe("a file that cannot be read", () => {
  const fault = (): never => {
    throw new PinsError("broken");
  };

  test.each([
    ["Cargo.toml", true],
    ["Cargo.lock", true],
    ["rust-toolchain", true],
    ["rust-toolchain.toml", true],
    [".cargo/config", true],
    [".cargo/config.toml", true],
    ["crates/a/Cargo.toml", false],
    ["Cargo.toml.orig", false],
    ["my-rust-toolchain", false],
    ["Dockerfile", false],
  ])("%s is left out; it is essential for a build: %s", (name, isEssential) => {
    const repository = new Repository("/nowhere");
    expect(repository.attempt(name, fault)).toBeUndefined();
    expect(repository.unread.get(name)).toMatchObject({ fault: { message: "broken" }, isEssential });
  });

  test("is not read again", () => {
    const repository = new Repository("/nowhere");
    repository.attempt("x", fault);
    expect(repository.attempt("x", () => "text")).toBeUndefined();
    expect(repository.attempt("y", () => "text")).toBe("text");
  });

  test("stays essential when it is left out again", () => {
    const repository = new Repository("/nowhere");
    for (const isEssential of [true, false]) repository.leaveOut("x", new PinsError("broken"), isEssential);
    expect(repository.unread.get("x")?.isEssential).toBe(true);
    for (const isEssential of [false, true]) repository.leaveOut("y", new PinsError("broken"), isEssential);
    expect(repository.unread.get("y")?.isEssential).toBe(true);
  });

  test("does not hide a programming error", () => {
    const repository = new Repository("/nowhere");
    const mistake = (): never => {
      throw new TypeError("not a function");
    };
    expect(() => repository.attempt("x", mistake)).toThrow("not a function");
    expect(repository.unread.size).toBe(0);
  });

  test("is not among the readable files", () => {
    using tree = new FileTree({ "a.txt": "a", "b.txt": "b", "c.md": "c" });
    const repository = new Repository(tree.root);
    const texts = repository.readable(/\.txt$/, (name) => [name === "a.txt" ? fault() : repository.text(name)]);
    expect(texts).toEqual(["b"]);
  });
});
