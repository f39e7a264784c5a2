import { type Job, readWorkflow, type Workflow } from "@release-actions/workflow";
import type * as Prover from "../index.ts";
import { type Parts, pageEvent, randomParts } from "./page-event.ts";
import { interpret } from "./page-interpreter.ts";
import { Random } from "./random.ts";
import { randomWorkflow } from "./random-workflow.ts";

/** A contradiction between the prover and the interpreter that follows GitHub's documentation. */
export interface Disagreement {
  readonly seed: number;
  readonly workflow: string;
  readonly job: string;
  readonly what: string;
}

export interface Counts {
  proven: number;
  refuted: number;
  unknown: number;
}

/**
 * Tests the prover's answers about a random workflow. What it calls possible must happen with its example event, and what
 * it calls impossible must not happen with any of many random events.
 *
 * @param tries random events for each workflow
 */
export function disagreementOf(
  prover: typeof Prover,
  seed: number,
  tries: number,
  counts?: Counts,
): Disagreement | undefined {
  const random = new Random(seed);
  const text = randomWorkflow(random);
  const workflow = readWorkflow(text, ".github/workflows/w.yml");
  const project = new prover.Project([workflow]);
  const proven: { readonly job: Job; readonly question: "run" | "skip"; readonly repository?: string }[] = [];
  const differs = (job: Job, what: string): Disagreement => ({ seed, workflow: text, job: job.id, what });
  for (const job of workflow.jobs) {
    for (const question of ["run", "skip"] as const) {
      const verdict = question === "run" ? prover.canRun(project, job) : prover.canBeSkipped(project, job);
      if (verdict.kind === "unknown") {
        if (counts !== undefined) counts.unknown += 1;
      } else if (verdict.kind === "impossible") {
        if (counts !== undefined) counts.proven += 1;
        const { repository } = verdict;
        proven.push({ job, question, ...(repository !== undefined && { repository }) });
      } else {
        if (counts !== undefined) counts.refuted += 1;
        const result = replay(workflow, job, verdict.witness, question);
        if (result === undefined)
          return differs(job, `${question}: ${verdict.witness.event} does not start the workflow`);
        if ((result === "skipped") !== (question === "skip"))
          return differs(job, `${question}: ${verdict.witness.event} does not do it`);
      }
    }
  }
  if (proven.length === 0) return undefined;
  for (let count = 0; count < tries; count += 1) {
    const parts = anyParts(workflow, random);
    const event = pageEvent(workflow, parts);
    if (event === undefined) continue;
    // One run in which anything can happen, and one in which nothing fails.
    const ends = new Map(
      workflow.jobs.map(({ id }) => [id, random.pick(["success", "success", "failure", "cancelled"])]),
    );
    const isCancelled = random.chance(20) ? random.pick(workflow.jobs).id : undefined;
    const rough = interpret(
      workflow,
      event,
      (id) => ends.get(id) ?? "success",
      (id) => id === isCancelled,
    );
    const smooth = interpret(
      workflow,
      event,
      () => "success",
      () => false,
    );
    for (const { job, question, repository } of proven) {
      if (repository !== undefined && repository !== parts.repository) continue;
      if (question === "run" && rough.get(job.id) !== "skipped")
        return differs(job, "it was proven that it never runs, and it ran");
      if (question === "skip" && smooth.get(job.id) === "skipped")
        return differs(job, "it was proven that it is not skipped, and it was");
    }
  }
  return undefined;
}

function anyParts(workflow: Workflow, random: Random): Parts {
  const trigger = random.pick(workflow.triggers);
  const types = trigger.filters.get("types").texts();
  const all: Readonly<Record<string, string[]>> = {
    pull_request: ["opened", "synchronize", "reopened"],
    pull_request_target: ["opened", "synchronize", "reopened"],
    release: ["published"],
    merge_group: ["checks_requested"],
  };
  const crons = trigger.filters.items().flatMap((item) => item.get("cron").text ?? []);
  return randomParts(trigger.event, types.length > 0 ? types : (all[trigger.event] ?? []), crons, random);
}

/** Makes the event that the prover names, and interprets the workflow with it. */
function replay(workflow: Workflow, job: Job, witness: Prover.Witness, question: "run" | "skip"): string | undefined {
  const { values, entry } = witness;
  const text = (key: string, otherwise: string): string => String(values.get(key) ?? otherwise);
  const { eventCase } = entry;
  const filters = workflow.triggers.find(({ event }) => event === eventCase.event)?.filters;
  if (filters === undefined) return undefined;
  const fixed = (path: string): unknown => {
    const meaning = eventCase.meaning(path);
    return meaning?.kind === "value" ? meaning.value : undefined;
  };
  const merged = fixed("github.event.pull_request.merged") === true;
  const types = filters.get("types").texts();
  const isClosed = fixed("github.event.pull_request.state") === "closed";
  const open = types.find((type) => type !== "closed") ?? "opened";
  const labels: unknown = JSON.parse(text("github.event.pull_request.labels.*.name", "[]"));
  const crons = filters.items().flatMap((item) => item.get("cron").text ?? []);
  const kind = fixed("github.ref_type") === "tag" ? "tag" : "branch";
  const isPullRequest = /^pull_request/.test(eventCase.event);
  const name = kind === "tag" ? text("tag", "v1") : text("branch", passing(filters));
  const parts: Parts = {
    event: eventCase.event,
    kind,
    name: kind === "tag" ? text("tag", passing(filters, "tags")) : name,
    base: text("base branch", passing(filters)),
    head: text("head branch", "topic"),
    number: Number(text("pull request number", "1")),
    action: values.has("github.event.action")
      ? text("github.event.action", "")
      : isPullRequest
        ? isClosed
          ? "closed"
          : open
        : undefined,
    merged,
    isFork: eventCase.isFork,
    repository: text("repository", "org/app"),
    fork: text("fork", "fork/app"),
    repositoryIsFork: values.get("github.event.repository.fork") === true,
    headIsFork: values.get("head is a fork") !== false,
    defaultBranch: text("default branch", "main"),
    draft: values.get("github.event.pull_request.draft") === true,
    labels: Array.isArray(labels) ? labels.map(String) : [],
    cron: text("github.event.schedule", crons[0] ?? ""),
    actor: text("github.actor", "octocat"),
    tagOfRelease: text("tag", "v1"),
    inputs: inputsOf(values),
    vars: { X: values.get("vars.x") ?? "", Y: values.get("vars.y") ?? "" },
  };
  const event = pageEvent(workflow, parts);
  if (event === undefined) return undefined;
  const ends = (id: string): string => (question === "skip" ? "success" : text(`result of ${id}`, "success"));
  return interpret(workflow, event, ends, (id) => values.get(`cancelled before ${id}`) === true).get(job.id);
}

/** The inputs of the event. `inputs` and `github.event.inputs` are the same inputs with different types. */
function inputsOf(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const flag = values.get("inputs.flag") ?? values.get("github.event.inputs.flag") === "true";
  return { flag, kind: values.get("inputs.kind") ?? values.get("github.event.inputs.kind") ?? "a" };
}

/** A name that the filters accept, for events in which no condition reads the name. */
function passing(filters: Workflow["triggers"][number]["filters"], kind = "branches"): string {
  const names = ["main", "dev", "release/1", "v1", "v1.2"];
  const patterns = filters.get(kind).texts();
  if (patterns.includes("main") && !patterns.includes("!main")) return "main";
  if (patterns.includes("dev") || filters.get(`${kind}-ignore`).isPresent) return "dev";
  return kind === "tags" || patterns.length > 0 ? (names.at(-1) ?? "") : "main";
}
