import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { memorySource } from "@release-actions/archive";
import { cFlags } from "./environment.ts";
import { findPaths } from "./find-paths.ts";
import { findRemaps, type Places, parseRemapKeys, remapFlags } from "./remap.ts";

const places: Places = {
  workspace: "/build/product",
  cargoHome: "/build/product/.cargo-home",
  rustupHome: "/opt/rustup",
  sysroot: "/opt/rustup/toolchains/1.95.0",
  targetFolder: undefined,
};

describe("findRemaps", () => {
  test("puts the more specific folder last, where rustc and gcc look first", () => {
    const remaps = findRemaps(["workspace", "registry", "git", "rustup"], places);
    expect(remapFlags(remaps)).toEqual([
      "--remap-path-prefix=/opt/rustup=rustup",
      "--remap-path-prefix=/build/product=src",
      "--remap-path-prefix=/opt/rustup/toolchains/1.95.0=rustup",
      "--remap-path-prefix=/build/product/.cargo-home/registry/src=crate",
      "--remap-path-prefix=/build/product/.cargo-home/git/checkouts=crate-git",
    ]);
  });

  test("names a folder behind a symbolic link by both its names", () => {
    const root = realpathSync(mkdtempSync(path.join(tmpdir(), "remap-")));
    mkdirSync(path.join(root, "real"));
    symlinkSync("real", path.join(root, "link"));
    const remaps = findRemaps(["workspace"], { ...places, workspace: path.join(root, "link") });
    rmSync(root, { recursive: true });
    expect(remaps).toEqual([
      { from: path.join(root, "link"), to: "src" },
      { from: path.join(root, "real"), to: "src" },
    ]);
  });

  test("accepts `none` only alone, and refuses an unknown name", () => {
    expect(parseRemapKeys(["none"])).toEqual([]);
    expect(() => parseRemapKeys(["workspace", "none"])).toThrow(
      /has "none", expected workspace, registry, git, rustup or none/,
    );
    expect(() => parseRemapKeys(["toString"])).toThrow(/has "toString"/);
  });
});

describe("cFlags", () => {
  test("adds the flags to the variables for C and C++ and to each target's variable that overrides them", () => {
    const remaps = [{ from: "/w", to: "src" }];
    expect(cFlags(remaps, { CFLAGS: "-O2", CFLAGS_x86_64_unknown_linux_musl: "-g", OTHERFLAGS: "x" })).toEqual({
      CFLAGS: "-O2 -ffile-prefix-map=/w=src",
      CXXFLAGS: "-ffile-prefix-map=/w=src",
      CFLAGS_x86_64_unknown_linux_musl: "-g -ffile-prefix-map=/w=src",
    });
    expect(cFlags([], { CFLAGS: "-O2" })).toEqual({});
  });
});

describe("findPaths", () => {
  test.each([0, 1, 65_530, 65_536, 200_000, 262_140])(
    "finds a path at byte %d, even across two chunks (misleads 12)",
    async (offset) => {
      const bytes = Buffer.alloc(300_000, 1);
      bytes.write("/build/product/src/main.rs", offset);
      const source = memorySource(bytes);
      const chunked = {
        ...source,
        async *read(start: number, length: number) {
          for (let at = start; at < start + length; at += 65_536)
            yield bytes.subarray(at, Math.min(start + length, at + 65_536));
        },
      };
      expect(await findPaths(chunked, ["/build/product", "/absent"])).toEqual([
        { needle: "/build/product", text: "/build/product/src/main.rs", offset },
      ]);
    },
  );

  test("finds no path in zeros or in an empty file", async () => {
    expect(await findPaths(memorySource(Buffer.alloc(1000)), ["/build/product"])).toEqual([]);
    expect(await findPaths(memorySource(Buffer.alloc(0)), [])).toEqual([]);
  });
});
