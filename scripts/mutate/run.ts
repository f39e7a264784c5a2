// Runs mutants in processes of their own, one on each core: a mutant may never end, or end the process.
import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Mutant } from "./mutants.ts";
import type { Answer, MutantRun, Question, Survey } from "./worker.ts";

/** `unreached`: no test runs the code that it changes. */
export type Verdict = "killed" | "no answer" | "survived" | "unreached";

export interface Judged {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/** What was loaded for a mutant stays in memory: a process is ended after so many. */
const MUTANTS_PER_PROCESS = 150;

/** Slower than the same tests of the unchanged package by so much, a mutant counts as one that never ends. */
const SLOWER = 10;
const SLOWER_MS = 10_000;
const SURVEY_MS = 600_000;
/** Until a new process can be asked; not counted, since a busy machine takes long for it. */
const START_MS = 120_000;

/** @throws Error when a test of the unchanged package fails, since then it would notice every mutant. */
export async function runMutants(
  folder: string,
  mutants: readonly Mutant[],
  workers: number,
  onJudged: (judged: Judged) => void = () => undefined,
): Promise<readonly Judged[]> {
  const worker = new Worker(folder);
  const survey = await worker.ask({ kind: "survey", mutants }, SURVEY_MS);
  worker.end();
  if (survey?.kind !== "survey" || survey.files.length === 0)
    throw new Error(`${folder} has no tests, or they never end`);
  if (survey.failures.length > 0) {
    throw new Error(`a test of ${folder} fails without any change: ${survey.failures.join("\n")}`);
  }
  const queue = mutants.entries();
  const judged: Judged[] = [];
  const work = async (): Promise<void> => {
    const mine = new Worker(folder);
    for (const [index, mutant] of queue) {
      const verdict = await judge(mine, mutant, index, survey);
      judged[index] = { mutant, verdict };
      onJudged({ mutant, verdict });
    }
    mine.end();
  };
  await Promise.all(Array.from({ length: workers }, work));
  return judged;
}

async function judge(worker: Worker, mutant: Mutant, index: number, survey: Survey): Promise<Verdict> {
  const { files, milliseconds } = testsOf(index, survey);
  if (files.length === 0) return "unreached";
  const run: MutantRun = { kind: "mutant-run", mutant, reload: survey.reload[index] ?? [], files };
  const answer = await worker.ask(run, SLOWER * milliseconds + SLOWER_MS);
  if (answer?.kind !== "mutant-run") return "no answer";
  return answer.isKilled ? "killed" : "survived";
}

/** The tests that reach a mutant, those of the quickest file first. */
function testsOf(index: number, { files }: Survey): { files: MutantRun["files"]; milliseconds: number } {
  const timed = files
    .map(({ file, shared, tests }) => {
      const reaching = shared.includes(index) ? tests : tests.filter(({ reached }) => reached.includes(index));
      return { file, tests: reaching, milliseconds: reaching.reduce((sum, test) => sum + test.milliseconds, 0) };
    })
    .filter(({ tests }) => tests.length > 0)
    .sort((a, b) => a.milliseconds - b.milliseconds);
  return {
    files: timed.map(({ file, tests }) => ({ file, tests: tests.map(({ name }) => name) })),
    milliseconds: timed.reduce((sum, file) => sum + file.milliseconds, 0),
  };
}

class Worker {
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #asked = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined after the limit in milliseconds, or when the process ended: the next question gets a new one. */
  async ask(question: Question, limit: number): Promise<Answer | undefined> {
    if (this.#asked >= MUTANTS_PER_PROCESS) this.end();
    const child = this.#child ?? (await this.#start());
    this.#asked += 1;
    const answer = this.#next(child, limit);
    child.send(question);
    return await answer;
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(path.join(import.meta.dirname, "worker.ts"), [this.#folder], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child = child;
    if ((await this.#next(child, START_MS)) === undefined) throw new Error("a process for mutants does not start");
    return child;
  }

  async #next(child: ChildProcess, limit: number): Promise<Answer | undefined> {
    const stop = new AbortController();
    const answered = new Promise<Answer | undefined>((resolve) => {
      child.once("message", (answer) => resolve(answer as Answer)); // Sent by worker.ts, which is ours.
      child.once("exit", () => resolve(undefined));
    });
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
