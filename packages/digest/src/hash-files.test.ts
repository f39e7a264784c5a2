import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Progress } from "@release-actions/report";
import { silentReporter } from "@release-actions/report";
import { DigestError } from "./algorithm.ts";
import { blake3 } from "./blake3.ts";
import { hashFiles } from "./hash-files.ts";
import { listTree } from "./tree.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "digest-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function place(name: string, bytes: Uint8Array): { path: string; size: number } {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return { path: file, size: bytes.length };
}

/** Lengths around the buffer sizes and the threshold of read-ahead, where bytes could be lost or repeated. */
const KIB = 1024;
const MIB = 1024 * KIB;
const SHORT = [0, 1, 512 * KIB - 1, 512 * KIB, 512 * KIB + 1, 3 * MIB + 7];
/** Lengths of files that may be read ahead in chunks of 2 MiB when they are hashed alone. */
const LONG = [32 * MIB - 1, 32 * MIB, 32 * MIB + 1, 34 * MIB, 37 * MIB + 12_345];

describe("hashFiles", () => {
  test.each(["native", "wasm"] as const)(
    "agrees with hashes of the whole content at every length, with the %s engine",
    async (engine) => {
      const contents = SHORT.map((length) => Buffer.alloc(length, `${length} bytes, `));
      const files = contents.map((bytes, index) => place(`length-${index}`, bytes));
      const hashes = await hashFiles(files, { algorithms: ["blake3", "sha256"], engine, threads: 2 });
      for (const [index, bytes] of contents.entries()) {
        expect(hashes[index]).toEqual({
          blake3: await blake3(bytes),
          sha256: createHash("sha256").update(bytes).digest("hex"),
        });
      }
    },
  );

  test.each(LONG)(
    "agrees with the hash of the whole content for a file of %d bytes around the read-ahead threshold",
    async (length) => {
      const bytes = Buffer.alloc(length, `${length} bytes, `);
      const [hash] = await hashFiles([place("long", bytes)], { algorithms: ["blake3", "sha256"] });
      expect(hash).toEqual({ blake3: await blake3(bytes), sha256: createHash("sha256").update(bytes).digest("hex") });
    },
  );

  test("computes only the requested digests, in the given order", async () => {
    const files = [place("b", Buffer.from("b")), place("a", Buffer.from("a"))];
    const hashes = await hashFiles(files, { algorithms: ["sha256"] });
    expect(hashes).toEqual(["b", "a"].map((text) => ({ sha256: createHash("sha256").update(text).digest("hex") })));
  });

  test("reports the progress after each job", async () => {
    const file = place("small", Buffer.from("small"));
    const seen: Progress[] = [];
    const reporter = { ...silentReporter, progress: (progress: Progress): unknown => seen.push(progress) };
    await hashFiles(
      Array.from({ length: 600 }, () => file),
      { reporter },
    );
    expect(seen).toHaveLength(3);
    expect(seen.at(-1)).toEqual({ label: "hashing", done: 3000, total: 3000, unit: "bytes" });
    expect(seen.map(({ done }) => done).every((done) => [1280, 440, 1720, 2560, 3000].includes(done))).toBe(true);
  });

  test("does not start a thread without files", async () => {
    expect(await hashFiles([])).toEqual([]);
  });

  test.each([
    ["is missing", () => ({ path: path.join(folder, "absent"), size: 1 }), /ENOENT.*absent/],
    ["is a folder", () => ({ path: folder, size: 1 }), /is not a file any more|EISDIR/],
    [
      "has grown since it was listed",
      () => ({ ...place("grown", Buffer.alloc(9)), size: 8 }),
      /grown changed while it was hashed: 8 bytes when listed, 9 read/,
    ],
    [
      "was truncated since it was listed",
      () => ({ ...place("cut", Buffer.alloc(3)), size: 8 }),
      /cut changed while it was hashed/,
    ],
  ])("refuses a file that %s", async (_why, make, message) => {
    const failing = hashFiles([make()]);
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toBeInstanceOf(DigestError);
  });

  test("stops its threads when the signal is aborted", async () => {
    const file = path.join(folder, "sparse");
    writeFileSync(file, "");
    truncateSync(file, 64 * 1024 ** 3);
    const started = performance.now();
    const hashing = hashFiles([{ path: file, size: 64 * 1024 ** 3 }], { signal: AbortSignal.timeout(100) });
    await expect(hashing).rejects.toThrow(/aborted due to timeout/);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("hashes a sparse file of 4 GiB in constant memory and reports its progress", async () => {
    const file = path.join(folder, "four");
    const size = 4 * 1024 ** 3;
    writeFileSync(file, "");
    truncateSync(file, size);
    const seen: Progress[] = [];
    const before = process.memoryUsage.rss();
    let peak = 0;
    const reporter = {
      ...silentReporter,
      progress: (progress: Progress): void => {
        seen.push(progress);
        peak = Math.max(peak, process.memoryUsage.rss());
      },
    };
    const [hash] = await hashFiles([{ path: file, size }], { reporter });
    // From `truncate --size=4G four; b3sum four`.
    expect(hash?.blake3).toBe("7dde7c9fed144013fedbe2b0bbf2d82f004b60b589485851cdec29b27be408d7");
    expect(peak - before).toBeLessThan(size / 8);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b));
    expect(seen.at(-1)).toMatchObject({ done: size, total: size });
    expect(seen.some(({ done }) => done > 0 && done < size)).toBe(true);
  }, 120_000);
});

describe("listTree", () => {
  test("lists files and links below a folder by code unit, with size, mode and target", () => {
    const root = path.join(folder, "tree");
    mkdirSync(path.join(root, "a"), { recursive: true });
    mkdirSync(path.join(root, "empty"));
    writeFileSync(path.join(root, "a", "z"), "four", { mode: 0o755 });
    writeFileSync(path.join(root, "a.b"), "");
    writeFileSync(path.join(root, "B"), "", { mode: 0o600 });
    writeFileSync(path.join(root, "ä"), "");
    symlinkSync("../elsewhere", path.join(root, "link"));
    symlinkSync("a", path.join(root, "to-folder"));
    expect(listTree(root)).toEqual([
      { kind: "file", path: "B", size: 0, mode: 0o600 },
      { kind: "file", path: "a.b", size: 0, mode: statSync(path.join(root, "a.b")).mode & 0o777 },
      { kind: "file", path: "a/z", size: 4, mode: 0o755 },
      { kind: "symlink", path: "link", target: "../elsewhere" },
      { kind: "symlink", path: "to-folder", target: "a" },
      { kind: "file", path: "ä", size: 0, mode: 0o644 },
    ]);
  });

  test("refuses a file type that cannot be hashed or compared", () => {
    const root = path.join(folder, "pipe");
    mkdirSync(root);
    execFileSync("mkfifo", [path.join(root, "fifo")]);
    expect(listTree(root, (name) => name !== "fifo")).toEqual([]);
    expect(() => listTree(root)).toThrow(/fifo is neither a file, a folder nor a symbolic link/);
    expect(() => listTree(path.join(folder, "absent"))).toThrow(/cannot list .*absent: Error: ENOENT/);
  });

  test("refuses a name that is not UTF-8", () => {
    const root = path.join(folder, "latin");
    mkdirSync(root);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xfc])]), "");
    expect(() => listTree(root)).toThrow(/has a name that is not UTF-8/);
  });
});
