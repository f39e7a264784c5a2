import { mkdirSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeFiles } from "../support/write-files.ts";
import { type ActionMetadata, readActionMetadata } from "./action-metadata.ts";
import { resolveExpressions } from "./expressions.ts";
import { runNode, type Stop } from "./process.ts";
import { type StepCommands, StepFiles } from "./step-files.ts";
import { type Annotation, OutputReader } from "./workflow-commands.ts";

const ACTIONS = path.join(import.meta.dirname, "../../actions");

type Env = Readonly<Record<string, string | undefined>>;

export interface JobOptions {
  /** The runner's variables for the run: usually `github.env(run, job)`. */
  readonly env?: Env;
}

export interface StepOptions {
  /** The inputs under `with:`. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The variables under `env:` of the step. */
  readonly env?: Env;
  /** Ends the step at a moment of its output. */
  readonly stop?: Stop;
}

export interface StepResult extends StepCommands {
  readonly conclusion: "success" | "failure" | "cancelled";
  /** Null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly annotations: readonly Annotation[];
  /** The values that the step masked, in this order. */
  readonly masks: readonly string[];
  /** The log as a person sees it: values that were masked before they were printed are `***`. */
  readonly log: string;
  /** The whole output of the process, unchanged. */
  readonly output: string;
  readonly durationMs: number;
  readonly stopMs: number | undefined;
  readonly peakRss: number | undefined;
}

interface PostStep {
  readonly action: ActionMetadata;
  readonly options: StepOptions;
  readonly state: Readonly<Record<string, string>>;
  readonly main: StepResult;
}

/** A job on a runner: a workspace, a temp folder, and steps that see what earlier ones exported. */
export class Job implements AsyncDisposable {
  readonly workspace: string;
  readonly temp: string;
  readonly #root: string;
  readonly #env: Env;
  readonly #posts: PostStep[] = [];
  #exported: Record<string, string> = {};
  #path: string[] = [];
  #steps = 0;

  private constructor(root: string, env: Env) {
    this.#root = root;
    this.#env = env;
    this.workspace = path.join(root, "work");
    this.temp = path.join(root, "temp");
  }

  static async open(options: JobOptions = {}): Promise<Job> {
    const job = new Job(await mkdtemp(path.join(tmpdir(), "runner-")), options.env ?? {});
    await Promise.all([job.workspace, job.temp, job.#folder("home"), job.#folder("tools")].map((it) => mkdir(it)));
    await writeFile(job.#folder("event.json"), "{}");
    return job;
  }

  /** The path of a file in the workspace. */
  file(...parts: string[]): string {
    return path.join(this.workspace, ...parts);
  }

  /** Writes files into the workspace, and makes their folders. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    writeFiles(this.workspace, files);
  }

  /** Runs the main step of an action: the name of one of ours (its bundle must be built), or a folder. */
  async step(action: string, options: StepOptions = {}): Promise<StepResult> {
    const metadata = await readActionMetadata(action.includes("/") ? action : path.join(ACTIONS, action));
    const result = await this.#run(metadata, metadata.main, options, {});
    if (metadata.post !== undefined) this.#posts.push({ action: metadata, options, state: result.state, main: result });
    return result;
  }

  /** Ends the job as a runner does: runs the post steps of all actions, in reverse order. */
  async post(options: Pick<StepOptions, "stop"> = {}): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const { action, options: given, state, main } of this.#posts.splice(0).reverse()) {
      if (action.post === undefined || !wanted(action.postIf, main.conclusion)) continue;
      const saved = Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
      results.push(
        await this.#run(action, action.post, { inputs: given.inputs ?? {}, ...options, ...envOf(given) }, saved),
      );
    }
    return results;
  }

  /** Removes the folders of the job. */
  async close(): Promise<void> {
    // Processes that a killed step started may still write for a moment.
    await rm(this.#root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(action: ActionMetadata, entry: string, options: StepOptions, state: Env): Promise<StepResult> {
    this.#steps += 1;
    const files = await StepFiles.create(path.join(this.temp, "_runner_file_commands"), this.#steps);
    const facts: Env = {
      ...{ PATH: [...this.#path, process.env["PATH"] ?? ""].join(path.delimiter), HOME: this.#folder("home") },
      ...{ LANG: "C.UTF-8", ...this.#exported, ...options.env, ...this.#env },
      ...{ GITHUB_WORKSPACE: this.workspace, GITHUB_EVENT_PATH: this.#folder("event.json"), RUNNER_TEMP: this.temp },
      ...{ RUNNER_TOOL_CACHE: this.#folder("tools"), GITHUB_ACTION: `__${path.basename(action.folder)}` },
    };
    const output = new OutputReader();
    const raw: string[] = [];
    const inputs = this.#inputs(action, options.inputs ?? {}, facts, output);
    // The job's token reaches an action only through its inputs, unless the step's env contains it.
    const env = { ...facts, GITHUB_TOKEN: options.env?.["GITHUB_TOKEN"], ...files.env, ...inputs, ...state };
    const ended = await runNode([programOf(action.folder, entry)], {
      ...{ cwd: this.workspace, env, stop: options.stop },
      onLine: (line) => {
        raw.push(line);
        output.readLine(line);
      },
    });
    const { problems, ...commands } = await files.read();
    for (const message of problems) output.annotations.push({ level: "error", message });
    Object.assign(this.#exported, commands.env);
    this.#path.unshift(...commands.path);
    const succeeded = ended.exitCode === 0 && problems.length === 0;
    keepSummary(action.folder, succeeded, commands.summary);
    return {
      conclusion: succeeded ? "success" : ended.stopped ? "cancelled" : "failure",
      ...{ exitCode: ended.exitCode, signal: ended.signal },
      ...commands,
      ...{ annotations: output.annotations, masks: output.masks },
      ...{ log: output.log.join("\n"), output: raw.join("\n") },
      ...{ durationMs: ended.durationMs, stopMs: ended.stopMs, peakRss: ended.peakRss },
    };
  }

  /** `INPUT_*` for every declared input; spaces become underscores, nothing else is changed. */
  #inputs(action: ActionMetadata, given: Readonly<Record<string, string>>, env: Env, output: OutputReader): Env {
    const declared = Object.entries(action.inputs).map(([name, value]): [string, string] => [
      name,
      resolveExpressions(value, env),
    ]);
    const unexpected = Object.keys(given).filter((name) => !Object.hasOwn(action.inputs, name.toLowerCase()));
    if (unexpected.length > 0) {
      const valid = Object.keys(action.inputs).map((name) => `'${name}'`);
      const list = unexpected.map((name) => `'${name}'`).join(", ");
      output.readLine(`::warning::Unexpected input(s) ${list}, valid inputs are [${valid.join(", ")}]`);
    }
    const values = { ...Object.fromEntries(declared), ...given };
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value]),
    );
  }

  #folder(name: string): string {
    return path.join(this.#root, name);
  }
}

/** The bundle, or with TEST_FROM_SOURCES the source file that it is built from, which needs no build. */
function programOf(folder: string, bundle: string): string {
  if (!process.env["TEST_FROM_SOURCES"] || !bundle.startsWith("dist/")) return path.join(folder, bundle);
  return path.join(folder, "src", bundle.startsWith("dist/post/") ? "post.ts" : "main.ts");
}

/** Writes the summary to the folder that TEST_KEEP_SUMMARIES names, for `npm run pictures`. */
function keepSummary(actionFolder: string, succeeded: boolean, summary: string): void {
  const folder = process.env["TEST_KEEP_SUMMARIES"];
  if (!folder || summary === "") return;
  mkdirSync(folder, { recursive: true });
  // A counter would start again in each test file, because each has modules of its own, even in the same process.
  const [seconds, nanoseconds] = process.hrtime();
  const number = `${process.pid}-${seconds}${String(nanoseconds).padStart(9, "0")}`;
  const name = `${path.basename(actionFolder)}-${succeeded ? "success" : "failure"}-${number}.md`;
  writeFileSync(path.join(folder, name), summary);
}

function envOf({ env }: StepOptions): Pick<StepOptions, "env"> {
  return env === undefined ? {} : { env };
}

function wanted(condition: string, conclusion: StepResult["conclusion"]): boolean {
  const verdicts: Readonly<Record<string, boolean>> = {
    "always()": true,
    "success()": conclusion === "success",
    "failure()": conclusion === "failure",
    "cancelled()": conclusion === "cancelled",
    "!cancelled()": conclusion !== "cancelled",
  };
  const verdict = verdicts[condition.trim()];
  if (verdict === undefined) throw new Error(`this harness does not evaluate post-if: ${condition}`);
  return verdict;
}
