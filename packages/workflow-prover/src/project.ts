import type { Job, Workflow } from "@release-actions/workflow";
import { cached } from "./cached.ts";
import { eventCasesOf } from "./events/cases.ts";
import type { Entry } from "./variable.ts";

/** GitHub allows at most ten levels of workflows (docs: "Reuse workflows", limitations). */
const MAX_DEPTH = 10;

/** The workflows of one repository, and the ways in which they start. */
export class Project {
  readonly workflows: readonly Workflow[];
  readonly #entries = new Map<Workflow, readonly Entry[]>();

  constructor(workflows: readonly Workflow[]) {
    this.workflows = workflows;
  }

  /** Every way of starting the workflow that this repository's files show. */
  entriesOf(workflow: Workflow): readonly Entry[] {
    return cached(this.#entries, workflow, () => this.#find(workflow, MAX_DEPTH));
  }

  /** The events that start the workflow, directly or through others. */
  eventsOf(workflow: Workflow): ReadonlySet<string> {
    return new Set(this.entriesOf(workflow).map(({ eventCase }) => eventCase.event));
  }

  /** The jobs in this repository that call the workflow by its path. */
  callersOf({ file }: Workflow): Job[] {
    return this.workflows.flatMap(({ jobs }) => jobs.filter(({ uses }) => isCallOf(uses, file)));
  }

  /**
   * Whether a job in this repository calls a workflow of the same name in a named repository
   * (`owner/name/.github/workflows/x.yml@ref`). That is most likely this repository, at a chosen ref.
   */
  isCalledByName(workflow: Workflow): boolean {
    const name = workflow.file.split("/").at(-1) ?? "";
    return this.workflows.some(({ jobs }) =>
      jobs.some(({ uses }) => uses?.split("@")[0]?.endsWith(`/.github/workflows/${name}`) === true),
    );
  }

  #find(workflow: Workflow, depth: number): Entry[] {
    const direct = eventCasesOf(workflow).map((eventCase): Entry => ({ workflow, eventCase, caller: undefined }));
    if (depth === 0 || !isCallable(workflow)) return direct;
    const called = this.callersOf(workflow).flatMap((job) =>
      this.#find(job.workflow, depth - 1).map(
        (entry): Entry => ({ workflow, eventCase: entry.eventCase, caller: { entry, job } }),
      ),
    );
    return [...direct, ...called];
  }
}

/** Whether other workflows, also those of other repositories, may call the workflow. */
export function isCallable(workflow: Workflow): boolean {
  return workflow.triggers.some(({ event }) => event === "workflow_call");
}

/** Whether `uses` means the file: `./.github/workflows/x.yml`, or `$/.github/workflows/x.yml` for the running commit. */
function isCallOf(uses: string | undefined, file: string): boolean {
  const [, name] = /^(?:\.|\$)\/\.github\/workflows\/([^/@]+)(?:@.*)?$/.exec(uses ?? "") ?? [];
  return name !== undefined && (file === name || file.endsWith(`/${name}`));
}
