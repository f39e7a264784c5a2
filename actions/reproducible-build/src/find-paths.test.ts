import { describe, expect, test } from "@jest/globals";
import { memorySource, type RandomAccessSource } from "@release-actions/archive";
import { findPaths } from "./find-paths.ts";

const FOLDER = "/home/runner/work/tool";

/** A file that is read in pieces of `size` bytes. */
function inPieces(text: string, size: number): RandomAccessSource {
  const source = memorySource(Buffer.from(text));
  return {
    size: source.size,
    async *read(offset, length) {
      for (let at = offset; at < offset + length; at += size)
        yield* source.read(at, Math.min(size, offset + length - at));
    },
  };
}

describe("paths of the machine in a file", () => {
  test.each([1, 7, 64, 4096])(
    "are found once each in pieces of %i bytes, with the compiler flag before them",
    async (size) => {
      const text = `${"x".repeat(500)}\0-O2 -ffile-prefix-map=${FOLDER}=src -g\0${"y".repeat(300)}\0${FOLDER}/main.c\0${FOLDER}/other.c\0`;
      const leaks = await findPaths(inPieces(text, size), [FOLDER]);
      expect(leaks).toMatchObject([
        { offset: 523, storedFlag: "-ffile-prefix-map=", needle: FOLDER },
        { offset: text.indexOf(`${FOLDER}/main.c`), storedFlag: undefined },
      ]);
    },
  );

  test("include only once a path that occurs only in stored flags", async () => {
    const flags = `--remap-path-prefix=${FOLDER}=src`;
    const leaks = await findPaths(inPieces(`${flags} ${flags}\0`, 16), [FOLDER]);
    expect(leaks).toMatchObject([{ storedFlag: "--remap-path-prefix=", offset: 20 }]);
  });
});
