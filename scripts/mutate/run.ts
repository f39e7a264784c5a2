// Runs mutants in separate processes, one per core, because a mutant may run forever or end its process.
import { type ChildProcess, fork } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Mutant } from "./mutants.ts";
import type { Answer, MutantRun, Progress, Question, Survey } from "./worker.ts";

/** `unreached`: no test runs the changed code. */
export type Verdict = "killed" | "no answer" | "survived" | "unreached";

export interface Judged {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/** The most mutants per process, because the modules that are loaded for each mutant stay in memory. */
const MUTANTS_PER_PROCESS = 150;

/** A mutant counts as one that never ends if a test takes longer than this factor times the slowest test of the unchanged package, plus SLOWER_MS. */
const SLOWER = 10;
const SLOWER_MS = 10_000;
const SURVEY_MS = 600_000;
/** The time limit for starting a process. It is separate from the limit for tests, because starting is slow on a busy machine. */
const START_MS = 120_000;

/** Runs the mutants. @throws Error when a test of the unchanged package fails, since it would then seem to notice every mutant */
export async function runMutants(
  folder: string,
  mutants: readonly Mutant[],
  workers: number,
  onJudged: (judged: Judged) => void = () => undefined,
): Promise<readonly Judged[]> {
  const survey = await surveyTests(folder, mutants);
  if (survey?.kind !== "survey" || survey.files.length === 0)
    throw new Error(`${folder} has no tests, or they never end`);
  if (survey.failures.length > 0) {
    throw new Error(`a test of ${folder} fails without any change: ${survey.failures.join("\n")}`);
  }
  const queue = mutants.entries();
  const judged: Judged[] = [];
  const work = async (): Promise<void> => {
    using mine = new Worker(folder);
    for (const [index, mutant] of queue) {
      const verdict = await judge(mine, mutant, index, survey);
      judged[index] = { mutant, verdict };
      onJudged({ mutant, verdict });
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return judged;
}

async function surveyTests(folder: string, mutants: readonly Mutant[]): Promise<Answer | undefined> {
  using worker = new Worker(folder);
  return await worker.ask({ kind: "survey", mutants }, SURVEY_MS);
}

async function judge(worker: Worker, mutant: Mutant, index: number, survey: Survey): Promise<Verdict> {
  const { files, slowest } = testsOf(index, survey);
  if (files.length === 0) return "unreached";
  const run: MutantRun = { kind: "mutant-run", mutant, reload: survey.reload[index] ?? [], files };
  const answer = await worker.ask(run, SLOWER * slowest + SLOWER_MS);
  if (answer?.kind !== "mutant-run") return "no answer";
  return answer.isKilled ? "killed" : "survived";
}

/** The tests that reach a mutant, beginning with those of the fastest file. */
function testsOf(index: number, { files }: Survey): { files: MutantRun["files"]; slowest: number } {
  const timed = files
    .map(({ file, shared, tests }) => {
      const reaching = shared.includes(index) ? tests : tests.filter(({ reached }) => reached.includes(index));
      return { file, tests: reaching, milliseconds: reaching.reduce((sum, test) => sum + test.milliseconds, 0) };
    })
    .filter(({ tests }) => tests.length > 0)
    .sort((a, b) => a.milliseconds - b.milliseconds);
  return {
    files: timed.map(({ file, tests }) => ({ file, tests: tests.map(({ name }) => name) })),
    slowest: Math.max(0, ...timed.flatMap(({ tests }) => tests.map(({ milliseconds }) => milliseconds))),
  };
}

class Worker {
  readonly #folder: string;
  /** The folder for files that tests write, since a mutant may prevent a test from removing them. */
  readonly #temp = mkdtempSync(path.join(fastestTemp(), "mutants-"));
  #child: ChildProcess | undefined;
  #asked = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Asks the process a question. Undefined when a step exceeded the limit (in milliseconds) or the process ended; the
   * next question then starts a new process.
   */
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
      env: { ...process.env, TMPDIR: this.#temp },
    });
    this.#child = child;
    if ((await this.#next(child, START_MS)) === undefined) throw new Error("a process for mutants does not start");
    return child;
  }

  async #next(child: ChildProcess, limit: number): Promise<Answer | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer | undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), limit);
      child.on("message", (message) => {
        const said = message as Answer | Progress; // The cast is safe: only worker.ts sends messages.
        timer?.refresh();
        if (said.kind !== "progress") resolve(said);
      });
      child.once("exit", () => resolve(undefined));
    });
    clearTimeout(timer);
    child.removeAllListeners();
    if (answer === undefined) this.end();
    return answer;
  }

  end(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
    this.#asked = 0;
    for (const name of readdirSync(this.#temp))
      rmSync(path.join(this.#temp, name), { recursive: true, force: true, maxRetries: 3 });
  }

  [Symbol.dispose](): void {
    this.end();
    rmSync(this.#temp, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A temporary folder in memory, if there is one from which programs can run. With a disk, tests with many files spend most of their time on it. */
function fastestTemp(): string {
  const mounts = existsSync("/proc/mounts") ? readFileSync("/proc/mounts", "utf8").split("\n") : [];
  const inMemory = mounts.find((line) => line.startsWith("tmpfs /dev/shm "));
  return inMemory === undefined || /\b(noexec|ro)\b/.test(inMemory) ? tmpdir() : "/dev/shm";
}
