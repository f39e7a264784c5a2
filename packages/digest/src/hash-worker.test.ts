import { getEventListeners } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { blake3 } from "./blake3.ts";
import { engineFile, toPath, workerData } from "./engine-files.ts";
import type { Job, Reply } from "./hash-protocol.ts";
import { callerWorker, threadWorker } from "./hash-worker.ts";
import { runJobs } from "./pool.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "hash-worker-"));
  writeFileSync(path.join(folder, "a"), "a");
});
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = (text: string): Job => ({ kind: "bytes", bytes: Buffer.from(text) });
const file = (name: string): Job => ({
  kind: "files",
  files: [{ path: path.join(folder, name), size: 1 }],
  blake3: true,
  sha256: false,
  ahead: false,
});

describe.each([
  ["a separate thread", threadWorker],
  ["the caller's thread", callerWorker],
])("on %s", (_name, worker) => {
  function start(jobs: Job[]) {
    const replies: Reply[] = [];
    const work = { jobs, next: new Int32Array(new SharedArrayBuffer(4)) };
    return { ...worker({ engine: "fastest", work, onReply: (reply) => replies.push(reply) }), replies };
  }

  test("processes all jobs", async () => {
    const { finished, close, replies } = start([bytes("x"), file("a")]);
    await finished;
    await close();
    expect(replies.filter(({ kind }) => kind === "done")).toEqual([
      { kind: "done", index: 0, hashes: [{ blake3: await blake3("x") }] },
      { kind: "done", index: 1, hashes: [{ blake3: await blake3("a") }] },
    ]);
  });

  test("rejects with the error of a failed job", async () => {
    const { finished, close } = start([file("absent")]);
    await expect(finished).rejects.toThrow(/ENOENT.*absent/);
    await close();
  });

  test("can be stopped before all jobs are done", async () => {
    const { finished, close, replies } = start(Array.from({ length: 500 }, () => bytes("x")));
    const ended = finished.catch(String);
    await close();
    const told = replies.length;
    await ended;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(replies).toHaveLength(told);
    expect(told).toBeLessThan(500);
  });
});

test("a thread whose file is missing rejects with its name", async () => {
  const work = { jobs: [bytes("x")], next: new Int32Array(new SharedArrayBuffer(4)) };
  const absent = path.join(folder, "absent.cjs");
  const { finished, close } = threadWorker({ engine: "fastest", work, onReply: () => undefined }, absent);
  await expect(finished).rejects.toThrow(/Cannot find module.*absent\.cjs/);
  await close();
});

describe("runJobs", () => {
  test.each([
    [1, 4],
    [3, 3],
    [3, 1],
    [2, 8],
    [5, 3],
  ])("returns the hashes of %d jobs on %d threads in order", async (jobs, threads) => {
    const work = Array.from({ length: jobs }, (_, index) => bytes(String(index)));
    const hashes = await runJobs(work, { threads });
    expect(hashes.map(([hash]) => hash?.blake3)).toEqual(
      await Promise.all(work.map((_, index) => blake3(String(index)))),
    );
  });

  test("leaves no listener at the signal", async () => {
    const { signal } = new AbortController();
    await runJobs([bytes("x")], { signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("stops at the first job that fails", async () => {
    const jobs = [file("absent"), ...Array.from({ length: 100 }, () => bytes("x")), file("absent")];
    await expect(runJobs(jobs, { threads: 2 })).rejects.toThrow(/^cannot hash: (?:Error: )?ENOENT.*absent/);
  });

  test("does not start when it was cancelled before", async () => {
    await expect(runJobs([bytes("x")], { signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
  });
});

describe("files of the engine", () => {
  test.each(["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64"])("include an addon for %s", (machine) => {
    const { addon = "" } = workerData("fastest", machine);
    const [system = "", processor = ""] = machine.split("-");
    expect(path.basename(addon)).toMatch(new RegExp(`^blake\\.${system}-${processor}.*\\.node$`));
    expect(existsSync(addon)).toBe(true);
  });

  test.each(["darwin-x64", "linux-riscv64"])("include no addon for %s, which uses WebAssembly", (machine) => {
    const { choice, addon, wasmGlue, wasmBinary } = workerData("wasm", machine);
    expect([choice, addon]).toEqual(["wasm", undefined]);
    expect([wasmGlue, wasmBinary, engineFile()].map((place) => existsSync(place))).toEqual([true, true, true]);
  });

  test("have paths, also in a bundle, in which the bundler writes paths instead of URLs", () => {
    expect(toPath(new URL("file:///a%20b/c.node"))).toBe("/a b/c.node");
    expect(toPath("/a b/c%20d.node")).toBe("/a b/c%20d.node");
  });
});
