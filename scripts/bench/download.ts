import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runCommand } from "@release-actions/command";
import { assembleActionTree, assembleTree } from "../release/assemble.ts";
import { listFiles } from "../release/checksums.ts";
import { repositoryIn } from "../repository-name.ts";
import { measureNode } from "./process.ts";
import { type Bench, median, type Row } from "./row.ts";

const root = path.dirname(path.dirname(import.meta.dirname));
const ROUNDS = 5;
const BYTES_PER_SECOND = 60_000_000;
const MB = 1_000_000;

/** The most packed bytes of the whole repository, of the action that most jobs use alone, and of the largest action alone. */
const BUDGETS = { whole: 5 * MB, small: 150_000, largest: 2 * MB };

/**
 * Measures how long a job waits for an action's first line: download at 60 MB/s, unpacking, start. With `--peer <folder>` (a folder
 * with action.yml and dist/index.js) it also measures another published action.
 */
export const download: Bench = {
  name: "download",
  async run() {
    const temp = mkdtempSync(path.join(tmpdir(), "bench-download-"));
    try {
      return await measure(temp);
    } finally {
      rmSync(temp, { recursive: true, force: true });
    }
  },
};

async function measure(temp: string): Promise<Row[]> {
  const { values } = parseArgs({ strict: false, options: { peer: { type: "string", multiple: true } } });
  const released = { repository: repositoryIn(root), tag: "v0.0.0", majorTag: "v0" };
  const whole = path.join(temp, "whole");
  assembleTree(root, whole, released);
  const names = readdirSync(path.join(whole, "actions"));
  const alone = new Map(
    names.map((name) => {
      const folder = path.join(temp, "alone", name);
      assembleActionTree(root, folder, name, released);
      return [name, folder];
    }),
  );
  const packed = new Map<string, number>();
  for (const [name, folder] of alone) packed.set(name, statSync(await pack(folder, temp)).size);
  const largest = [...packed].sort(([, one], [, other]) => other - one)[0]?.[0] ?? "";
  const image = "load-restate-image";
  const peers = [values.peer ?? []].flat().filter((peer) => typeof peer === "string");
  return [
    await row(temp, "all actions", whole, `${image}/dist/index.js`, BUDGETS.whole),
    await row(temp, `${image} alone`, alone.get(image) ?? "", `${image}/dist/index.js`, BUDGETS.small),
    await row(
      temp,
      `${largest} alone, the largest`,
      alone.get(largest) ?? "",
      `${largest}/dist/index.js`,
      BUDGETS.largest,
    ),
    ...(await Promise.all(peers.map((peer) => row(temp, path.basename(peer), peer, "dist/index.js")))),
  ];
}

async function row(temp: string, what: string, folder: string, program: string, budget?: number): Promise<Row> {
  const archive = await pack(folder, temp);
  const files = listFiles(folder);
  const unpacked = files.reduce((total, file) => total + statSync(path.join(folder, file)).size, 0);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await wait(archive, program));
  const size = statSync(archive).size;
  return {
    what: `download, unpack and start: ${what}`,
    peer: "",
    ours: `${(size / MB).toFixed(2)} MB packed, ${(unpacked / MB).toFixed(1)} MB in ${files.length} files, ${median(times).toFixed(0)} ms`,
    budget: budget === undefined ? "a peer" : `${(budget / MB).toFixed(2)} MB`,
    held: budget === undefined || size <= budget,
  };
}

/** Milliseconds from the request to the end of the action, which stops because its inputs are missing. */
async function wait(archive: string, program: string): Promise<number> {
  const target = mkdtempSync(path.join(tmpdir(), "bench-unpack-"));
  const server = createServer((_request, response) => void send(archive, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    const started = performance.now();
    const file = path.join(target, "packed.tar.gz");
    await runCommand("curl", ["--silent", "--fail", "--output", file, `http://127.0.0.1:${port}/`]);
    const tree = path.join(target, "tree");
    mkdirSync(tree);
    await runCommand("tar", ["-xzf", file, "-C", tree]);
    const brought = performance.now() - started;
    const { ms } = await measureNode(path.join(tree, program), process.env);
    return brought + ms;
  } finally {
    server.close();
    rmSync(target, { recursive: true, force: true });
  }
}

async function send(archive: string, response: NodeJS.WritableStream): Promise<void> {
  const started = performance.now();
  let sent = 0;
  for await (const chunk of createReadStream(archive)) {
    response.write(chunk);
    sent += (chunk as Buffer).length;
    const due = (sent / BYTES_PER_SECOND) * 1000 - (performance.now() - started);
    if (due > 1) await sleep(due);
  }
  response.end();
}

/** Packs a copy of a folder in the same way as GitHub packs the actions that a job downloads. */
async function pack(folder: string, temp: string): Promise<string> {
  const archive = path.join(mkdtempSync(path.join(temp, "packed-")), "tree.tar.gz");
  await runCommand("tar", ["-czf", archive, "-C", folder, "."]);
  return archive;
}
