import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { writeTempFile } from "./temp-file.ts";
import { chunked } from "./testing/archive-readers.ts";

test("writes a file, and reports what prevents it", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "temp-file-"));
  try {
    const file = path.join(folder, "a");
    await writeTempFile(file, chunked(Buffer.from("content"), 3));
    expect(readFileSync(file, "utf8")).toBe("content");
    // Linux's device that is always full.
    await expect(writeTempFile("/dev/full", chunked(Buffer.from("content")))).rejects.toMatchObject({
      name: "ImageArchiveError",
      problem: "limit",
      message: "no space is left in /dev for the unpacked image",
      advice: "Free space on the runner, or use one with a larger disk.",
      cause: expect.objectContaining({ code: "ENOSPC" }),
    });
    await expect(writeTempFile(path.join(folder, "b/c"), chunked(Buffer.of(1)))).rejects.toMatchObject({
      code: "ENOENT",
    });
    await expect(writeTempFile(file, chunked(Buffer.of(1)), AbortSignal.abort())).rejects.toMatchObject({
      name: "AbortError",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
