import path from "node:path";
import { parse, stringify } from "yaml";

interface Job {
  readonly uses?: string;
  readonly with?: object;
  readonly secrets?: object | "inherit";
  readonly needs?: readonly string[];
}

interface Workflow {
  readonly jobs: Record<string, Job>;
}

/** The earlier result of a job: skipped, or successful with these outputs. */
export type Past = "skipped" | { readonly outputs: Readonly<Record<string, string>> };

/**
 * The workflow that cargo-dist generated, changed so that act can run it. act gives no result to a job whose workflow
 * calls another workflow, so each job that calls one of the repository's own workflows is replaced with that
 * workflow's job.
 */
export class DistWorkflow {
  readonly #workflow: Workflow;

  /** @param read reads a file of the repository */
  constructor(read: (file: string) => string) {
    const workflow: Workflow = parse(read(".github/workflows/release.yml"));
    const jobs = Object.entries(workflow.jobs).map(([id, job]) => [id, inlined(job, read)] as const);
    this.#workflow = { ...workflow, jobs: Object.fromEntries(jobs) };
  }

  get text(): string {
    return stringify(this.#workflow);
  }

  /** The same workflow, in which some jobs have already run, as when the other jobs are run again. */
  after(past: Readonly<Record<string, Past>>): string {
    const jobs = Object.entries(past).map(([id, what]) => [id, pastJob(this.#workflow.jobs[id], what)]);
    return stringify({ ...this.#workflow, jobs: { ...this.#workflow.jobs, ...Object.fromEntries(jobs) } });
  }
}

function inlined(job: Job, read: (file: string) => string): Job {
  const name = /^\$\/(\.github\/workflows\/.+)$/.exec(job.uses ?? "")?.[1];
  if (name === undefined) return job;
  const caller: Workflow = parse(read(name));
  const [inner, ...more] = Object.values(caller.jobs);
  if (inner === undefined || more.length > 0) throw new Error(`${path.basename(name)} should have one job`);
  const { with: _plan, secrets: _all, ...outer } = job;
  return { ...outer, ...inner };
}

function pastJob(job: Job | undefined, what: Past): object {
  if (job === undefined) throw new Error("no such job");
  const outputs = what === "skipped" ? {} : what.outputs;
  const names = Object.keys(outputs);
  const env = Object.fromEntries(names.map((name, index) => [`OUTPUT_${index}`, outputs[name]]));
  return {
    needs: job.needs ?? [],
    if: what === "skipped" ? "false" : "always()",
    "runs-on": "ubuntu-latest",
    outputs: Object.fromEntries(names.map((name) => [name, `\${{ steps.past.outputs.${name} }}`])),
    steps: [
      {
        id: "past",
        run: ["true", ...names.map((name, index) => `echo "${name}=$OUTPUT_${index}" >> "$GITHUB_OUTPUT"`)].join("\n"),
        env,
      },
    ],
  };
}
