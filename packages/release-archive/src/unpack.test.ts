import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { TAR_END, tarHeader, tarPadding } from "@release-actions/archive";
import { zip } from "@release-actions/archive/testing";
import { unpackArchive } from "./unpack.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "unpack-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const file = (name: string, content: string, mode: number): Buffer =>
  Buffer.concat([
    tarHeader({ kind: "file", path: name, size: content.length, mode }),
    Buffer.from(content),
    tarPadding(content.length),
  ]);
const TAR = Buffer.concat([file("w-1/w", "binary", 0o755), file("w-1/doc/README.md", "# W", 0o600), TAR_END]);

async function unpack(content: Uint8Array): Promise<string> {
  writeFileSync(path.join(root, "archive"), content);
  return await unpackArchive(path.join(root, "archive"), path.join(root, "out"));
}

describe("unpackArchive", () => {
  test.each([
    ["plain", TAR],
    ["gzip", gzipSync(TAR)],
    ["zstd", zstdCompressSync(TAR)],
  ])("unpacks a %s tar, and finds the files in its only folder", async (_name, content) => {
    const folder = await unpack(content);
    expect(path.relative(root, folder)).toBe("out/w-1");
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(["doc", "doc/README.md", "w"]);
    expect(readFileSync(path.join(folder, "w"), "utf8")).toBe("binary");
    expect(statSync(path.join(folder, "w")).mode & 0o777).toBe(0o755);
    expect(statSync(path.join(folder, "doc/README.md")).mode & 0o777).toBe(0o644);
  });

  test("unpacks a zip without a folder", async () => {
    const folder = await unpack(zip([{ name: "w", data: "binary" }]));
    expect(path.relative(root, folder)).toBe("out");
    expect(readFileSync(path.join(folder, "w"), "utf8")).toBe("binary");
  });

  test.each([
    [
      "a link (B16)",
      Buffer.concat([file("w", "", 0o755), tarHeader({ kind: "symlink", path: "v", target: "w" }), TAR_END]),
      "holds a link, v",
    ],
    ["a path that leaves the folder (B14)", Buffer.concat([file("../w", "", 0o755), TAR_END]), "../w"],
    ["an error page (B30)", Buffer.from("<html>"), "neither a zip nor a tar"],
    ["an empty archive", TAR_END, "neither a zip nor a tar"],
    ["a truncated archive (B03)", gzipSync(TAR).subarray(0, 60), "ends too early"],
  ])("refuses %s", async (_name, content, message) => {
    await expect(unpack(content)).rejects.toThrow(message);
  });
});
