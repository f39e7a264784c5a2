// Reads many mutations of the given files and prints the results: fuzz.probe.ts <count> <seed> <file>...
// It is a process of its own, so that its memory can be limited and measured, and a crash or a hang can be detected.
import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { checkSigning, MachoError, readCodeSignature, readMacho, readSignature } from "@release-actions/macho";
import { generator, mutate, type Region } from "./mutate.ts";

export interface FuzzReport {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly slowestMs: number;
  readonly maxRssBytes: number;
}

type Verdict = "read" | "broken" | "none" | "refused";

const [count = "", seed = "", ...files] = process.argv.slice(2);
const originals = files
  .map((file) => readFileSync(file))
  .map((bytes) => ({ bytes, scratch: Buffer.alloc(bytes.length) }));
const random = generator(Number(seed));
const verdicts = { read: 0, broken: 0, none: 0, refused: 0 };
let slowestMs = 0;
for (let index = 0; index < Number(count); index += 1) {
  const region: Region = index % 50 === 0 ? "anywhere" : index % 2 === 0 ? "structure" : "signature";
  const original = originals[index % originals.length];
  if (original === undefined) throw new Error("no file was given");
  const mutant = mutate(original.bytes, original.scratch, region, random);
  const started = performance.now();
  verdicts[await read(mutant, region)] += 1;
  slowestMs = Math.max(slowestMs, performance.now() - started);
  if (index % 100 === 0) await collectGarbage();
}
const report: FuzzReport = { verdicts, slowestMs, maxRssBytes: process.resourceUsage().maxRSS * 1024 };
console.log(JSON.stringify(report));

/** Garbage of one mutation must not count for the next: on a busy machine, garbage outside of the heap piles up. */
async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  globalThis.gc();
  await turn(); // Node frees buffers outside of the heap only between two turns of the event loop.
}

/** Reads a mutant. The CMS is read only when the change can have reached it. */
async function read(mutant: Uint8Array, region: Region): Promise<Verdict> {
  if (region === "anywhere") await checkSigning(mutant);
  let failure: Verdict = "refused";
  try {
    const [image] = readMacho(mutant);
    if (image === undefined) return "none";
    failure = "broken";
    const signature = region === "structure" ? readCodeSignature(image) : await readSignature(image);
    return signature === undefined ? "none" : "read";
  } catch (error) {
    if (error instanceof MachoError) return failure;
    throw error;
  }
}
