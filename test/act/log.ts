/** What one step of a run did. */
export interface ActStep {
  /** The title that act gives it: its name, or what it uses or runs. */
  readonly title: string;
  readonly result: string;
}

export interface ActJob {
  /** `success` or `failure`; undefined for a job that did not end. */
  result: string | undefined;
  readonly steps: ActStep[];
  /** Outputs that its steps set, the last value of each name. */
  readonly outputs: Map<string, string>;
  /** The summaries of its steps, joined. */
  summary: string;
  /** What its steps printed. */
  output: string;
}

export interface ActLog {
  readonly exitCode: number;
  /** By the name that act gives them: `workflow/job`, and `workflow/job/called job` in reusable workflows. */
  readonly jobs: ReadonlyMap<string, ActJob>;
  /** The whole log as text, for messages of failed tests. */
  readonly text: string;
}

/** Reads the log that `act --json` writes: one JSON object per line, with lines of plain text between them. */
export function readLog(text: string, exitCode: number): ActLog {
  const jobs = new Map<string, ActJob>();
  const readable: string[] = [];
  for (const line of text.split("\n").filter((part) => part !== "")) {
    const entry = parseEntry(line);
    if (entry === undefined) {
      readable.push(line);
      continue;
    }
    // act pads the names of jobs to the same width.
    const name = fieldOf(entry, "job")?.trim();
    const message = fieldOf(entry, "msg") ?? "";
    readable.push(`${name === undefined ? "" : `[${name}] `}${message.trimEnd()}`);
    if (name === undefined) continue;
    const job = jobs.get(name) ?? { result: undefined, steps: [], outputs: new Map(), summary: "", output: "" };
    jobs.set(name, job);
    addTo(job, entry, message);
  }
  return { exitCode, jobs, text: readable.join("\n") };
}

function addTo(job: ActJob, entry: object, message: string): void {
  const [step, result] = [fieldOf(entry, "step"), fieldOf(entry, "stepResult")];
  if (step !== undefined && result !== undefined) job.steps.push({ title: step, result });
  if ("raw_output" in entry) job.output += message;
  const command = fieldOf(entry, "command");
  if (command === "set-output") job.outputs.set(fieldOf(entry, "name") ?? "", fieldOf(entry, "arg") ?? "");
  if (command === "summary") job.summary += fieldOf(entry, "content") ?? "";
  job.result = fieldOf(entry, "jobResult") ?? job.result;
}

function parseEntry(line: string): object | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return Object(JSON.parse(line));
  } catch {
    return undefined; // A line that a program wrote directly to the output, without act.
  }
}

function fieldOf(entry: object, name: string): string | undefined {
  const value: unknown = Object.entries(entry).find(([key]) => key === name)?.[1];
  return typeof value === "string" ? value : undefined;
}
