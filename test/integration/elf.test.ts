import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { memorySource, openFileSource } from "@release-actions/archive";
import {
  debugLinkChecksum,
  debugState,
  ElfError,
  type ElfFile,
  lowestGlibc,
  readBuildId,
  readComments,
  readDebugLink,
  readElf,
  readFunctionRanges,
  readInterpreter,
  readLinkage,
  readNeededVersions,
  readNotes,
  readSymbols,
  strippedState,
} from "@release-actions/elf";
import { describeWith } from "../parts.ts";
import { Workbench } from "../support/compile.ts";

const SOURCE = `#include <stdio.h>
int twice(int x) { return 2 * x; }
int main(int argc, char **argv) { printf("%d\\n", twice(argc)); return 0; }
`;

describeWith(["gcc", "musl-gcc", "rustc", "go", "readelf", "objcopy"], "files of real compilers", () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = new Workbench({
      "a.c": SOURCE,
      "a.rs": 'fn main() { println!("{}", std::env::args().count()); }\n',
      "a.go": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n',
      "go.mod": "module a\n\ngo 1.21\n",
    });
    await bench.run("gcc -g a.c -o dynamic");
    await bench.run("gcc -g a.c -static -o static");
    await bench.run("gcc -g a.c -static-pie -o static-pie");
    await bench.run("musl-gcc a.c -static -o musl");
    await bench.run("gcc -shared -fPIC a.c -o liba.so");
    await bench.run("gcc -c a.c -o a.o");
    await bench.run("rustc -C opt-level=0 a.rs -o rust");
    await bench.run("rustc -C target-feature=+crt-static a.rs -o rust-static");
    await bench.run("go build -o go", { CGO_ENABLED: "0", GOFLAGS: "-mod=mod", GOCACHE: bench.path("cache") });
    await bench.run("objcopy --only-keep-debug dynamic dynamic.debug");
    await bench.run("objcopy --strip-all rust rust-stripped");
    await bench.run("objcopy --strip-all --add-gnu-debuglink=dynamic.debug dynamic stripped");
  }, 180_000);
  afterAll(() => bench[Symbol.dispose]());

  async function read(name: string): Promise<ElfFile> {
    return await readElf(memorySource(readFileSync(bench.path(name))));
  }

  test.each([
    ["dynamic", "dynamic"],
    ["static", "static"],
    ["static-pie", "static-pie"],
    ["musl", "static"],
    ["liba.so", "shared"],
    ["a.o", "unlinked"],
    ["rust", "dynamic"],
    ["rust-static", "static-pie"],
    ["go", "static"],
  ])("%s is linked %s (misleads 13, B178)", async (name, linkage) => {
    expect(await readLinkage(await read(name))).toBe(linkage);
  });

  test("the build id is the one that readelf shows", async () => {
    const shown = /Build ID: ([0-9a-f]+)/.exec(await bench.run("readelf --notes dynamic"))?.[1];
    expect(await readBuildId(await read("dynamic"))).toMatchObject({ hex: shown, size: 20 });
    expect((await readNotes(await read("go"))).map(({ owner }) => owner)).toContain("Go");
  });

  test.each(["dynamic", "rust", "liba.so", "static", "go"])(
    "the library versions that %s needs are those that readelf shows",
    async (name) => {
      const shown = (await bench.run(`readelf --wide --version-info ${name}`)).split("Version needs section")[1] ?? "";
      const expected: { library: string; version: string }[] = [];
      let library = "";
      for (const [, file, version] of shown.matchAll(/File: (\S+)|Name: (\S+)/g)) {
        library = file ?? library;
        if (version !== undefined) expected.push({ library, version });
      }
      const found = await readNeededVersions(await read(name));
      expect(found).toEqual(expected);
      expect(await lowestGlibc(await read(name))).toEqual(
        found.length === 0 ? undefined : expect.stringMatching(/^2\.\d+/),
      );
    },
  );

  test("distinguishes a debug file from its program, and computes the checksum in the program's debug link", async () => {
    const states = ["dynamic", "dynamic.debug", "stripped", "rust", "rust-stripped", "go"].map(async (name) => [
      name,
      debugState(await read(name)),
    ]);
    expect(Object.fromEntries(await Promise.all(states))).toEqual({
      ...{ dynamic: "whole", rust: "whole", go: "whole" },
      ...{ "dynamic.debug": "debug-only", stripped: "stripped", "rust-stripped": "stripped" },
    });
    const link = await readDebugLink(await read("stripped"));
    expect(await debugLinkChecksum(memorySource(readFileSync(bench.path("dynamic.debug"))))).toBe(link?.crc32);
  });

  test("every section has the name, offset and size that readelf shows", async () => {
    const shown = (await bench.run("readelf --wide --section-headers dynamic")).matchAll(
      /^\s+\[\s*(\d+)\] (\S+)\s+\S+\s+[0-9a-f]{16} ([0-9a-f]{6,}) ([0-9a-f]{6,})/gm,
    );
    const expected = [...shown].map(([, index, name, offset, size]) => [
      Number(index),
      name,
      Number.parseInt(offset ?? "", 16),
      Number.parseInt(size ?? "", 16),
    ]);
    const { sections } = await read("dynamic");
    expect(sections.slice(1).map(({ index, name, offset, size }) => [index, name, offset, size])).toEqual(expected);
    expect(expected.length).toBeGreaterThan(25);
  });

  test("symbols are those that readelf shows, and a stripped file has none", async () => {
    const symbols = await readSymbols(await read("dynamic"));
    expect(symbols.find(({ name }) => name === "twice")).toMatchObject({ type: "function", isLocal: false });
    const count = (await bench.run("readelf --wide --symbols dynamic")).match(/'\.symtab' contains (\d+)/)?.[1];
    expect(symbols).toHaveLength(Number(count));
    expect(await readSymbols(await read("stripped"))).toEqual([]);
    expect(strippedState(await read("dynamic"))).toEqual({ symbols: false, debug: false });
    expect(strippedState(await read("stripped"))).toEqual({ symbols: true, debug: true });
    expect(strippedState(await read("dynamic.debug"))).toEqual({ symbols: false, debug: false });
    expect(strippedState(await read("rust-stripped"))).toEqual({ symbols: true, debug: true });
  });

  test("finds functions in a stripped file, too", async () => {
    const twice = (await readSymbols(await read("dynamic"))).find(({ name }) => name === "twice");
    const ranges = await readFunctionRanges(await read("stripped"));
    expect(ranges).toContainEqual({ address: Number(twice?.address), size: Number(twice?.size) });
    expect((await readFunctionRanges(await read("rust"))).length).toBeGreaterThan(100);
  });

  test(".comment names the compiler, the program header its loader, the debug link its file", async () => {
    expect(await readComments(await read("dynamic"))).toEqual([expect.stringMatching(/^GCC: \(/)]);
    expect((await readComments(await read("rust"))).join()).toContain("rustc version");
    expect(await readInterpreter(await read("dynamic"))).toMatch(/^\/lib.*ld-linux/);
    expect(await readInterpreter(await read("static-pie"))).toBeUndefined();
    const crc = crc32(readFileSync(bench.path("dynamic.debug")));
    expect(await readDebugLink(await read("stripped"))).toEqual({ file: "dynamic.debug", crc32: crc });
  });

  test("a file that is truncated anywhere, or has any byte changed, is read or refused, and never crashes the reader", async () => {
    const whole = readFileSync(bench.path("stripped"));
    const everything = async (bytes: Uint8Array): Promise<void> => {
      const file = await readElf(memorySource(bytes));
      await Promise.all([
        readNotes(file),
        readBuildId(file),
        readComments(file),
        readDebugLink(file),
        readSymbols(file),
      ]);
      await Promise.all([readLinkage(file), readInterpreter(file), readFunctionRanges(file)]);
    };
    const outcomes = { read: 0, refused: 0 };
    const attempt = async (bytes: Uint8Array): Promise<void> => {
      try {
        await everything(bytes);
        outcomes.read += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(ElfError);
        outcomes.refused += 1;
      }
    };
    for (let length = 0; length < whole.length; length += 97) await attempt(whole.subarray(0, length));
    const headers = [
      ...Array(1024).keys(),
      ...Array.from({ length: 2200 }, (_none, index) => whole.length - 1 - index),
    ];
    for (const at of headers) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      await attempt(changed);
    }
    expect(outcomes.refused).toBeGreaterThan(200);
    expect(outcomes.read).toBeGreaterThan(200);
  });

  test("reads a large file without loading it", async () => {
    const source = await openFileSource(process.execPath);
    try {
      expect(await readLinkage(await readElf(source))).toBe("dynamic");
    } finally {
      await source.close();
    }
  });
});
