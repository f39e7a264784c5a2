// Runs mutants in processes of their own, one on each core: a mutant may never end, or end the process.
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Mutant } from "./mutants.ts";

export type Verdict = "killed" | "no answer" | "survived";

export interface Judged {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/** The modules that jest has loaded stay in memory: a process is ended after so many mutants. */
const MUTANTS_PER_PROCESS = 25;

/** Slower than the tests of the unchanged package by so much, a mutant counts as one that never ends. */
const SLOWER = 5;
const SLOWER_MS = 20_000;

interface Answer {
  readonly tests: number;
  readonly isKilled: boolean;
}

/** @throws Error when the tests of the unchanged package fail, since then they would notice every mutant. */
export async function runMutants(
  folder: string,
  mutants: readonly Mutant[],
  workers: number,
  onJudged: (judged: Judged) => void = () => undefined,
): Promise<readonly Judged[]> {
  const started = performance.now();
  const worker = new Worker(folder);
  const unchanged = await worker.ask({}, 600_000);
  worker.end();
  if (unchanged === undefined || unchanged.isKilled || unchanged.tests === 0) {
    throw new Error(`the tests of ${folder} fail without any change, or there are none`);
  }
  const limit = SLOWER * (performance.now() - started) + SLOWER_MS;
  const queue = mutants.entries();
  const judged: Judged[] = [];
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const mine = new Worker(folder);
      for (const [index, mutant] of queue) {
        const verdict = await mine.judge(mutant, limit);
        judged[index] = { mutant, verdict };
        onJudged({ mutant, verdict });
      }
      mine.end();
    }),
  );
  return judged;
}

class Worker {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #asked = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async judge(mutant: Mutant, limit: number): Promise<Verdict> {
    const answer = await this.ask(mutant, limit);
    if (answer === undefined) return "no answer";
    return answer.isKilled ? "killed" : "survived";
  }

  /** Undefined after the limit in milliseconds, or when the process ended: the next question gets a new one. */
  async ask(mutant: Partial<Mutant>, limit: number): Promise<Answer | undefined> {
    if (this.#asked >= MUTANTS_PER_PROCESS) this.end();
    this.#child ??= fork(path.join(import.meta.dirname, "worker.mjs"), [this.#folder], {
      execArgv: ["--disable-warning=ExperimentalWarning", "--experimental-vm-modules"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#asked += 1;
    const child = this.#child;
    const stop = new AbortController();
    const answered = new Promise<Answer | undefined>((resolve) => {
      child.once("message", (answer) => resolve(answer as Answer)); // Sent by worker.mjs, which is ours.
      child.once("exit", () => resolve(undefined));
    });
    child.send(mutant);
    const answer = await Promise.race([answered, delay(limit, undefined, { signal: stop.signal })]);
    stop.abort();
    child.removeAllListeners();
    if (answer === undefined) this.end();
    return answer;
  }

  end(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
    this.#asked = 0;
  }
}
