import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readExactly } from "@release-actions/archive";
import { spool } from "./spool.ts";

const MEBIBYTE = 1024 * 1024;

async function* stream(pieces: number, last = ""): AsyncGenerator<Uint8Array> {
  for (let piece = 0; piece < pieces; piece += 1) yield Buffer.alloc(MEBIBYTE, piece + 1);
  if (last !== "") yield Buffer.from(last);
}

describe("spool", () => {
  let scratch = "";
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), "spool-"));
  });
  afterAll(async () => await rm(scratch, { recursive: true }));

  test("keeps up to 8 MiB in memory", async () => {
    const source = await spool(stream(8), scratch);
    expect(source.size).toBe(8 * MEBIBYTE);
    expect([...(await readExactly(source, 2 * MEBIBYTE - 1, 2))]).toEqual([2, 3]);
    expect(await readdir(scratch)).toEqual([]);
  });

  test("writes more to a file, and deletes it when closed", async () => {
    const source = await spool(stream(9, "end"), scratch);
    expect(source.size).toBe(9 * MEBIBYTE + 3);
    expect(Buffer.from(await readExactly(source, 9 * MEBIBYTE - 1, 4)).toString("latin1")).toBe("\x09end");
    expect([...(await readExactly(source, 0, 1))]).toEqual([1]);
    expect(await readdir(scratch)).toHaveLength(1);
    await source[Symbol.asyncDispose]();
    expect(await readdir(scratch)).toEqual([]);
  });

  test("stops when the signal is aborted", async () => {
    await expect(spool(stream(1), scratch, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});
