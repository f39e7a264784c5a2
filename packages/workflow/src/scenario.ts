import type { YamlNode } from "@release-actions/yaml";
import { passes, sampleOf } from "./ref-filter.ts";
import { parseExpression, termsOf, type Value } from "./terms.ts";
import type { Trigger, Workflow } from "./workflow.ts";

/** One way in which a workflow is started: what an event fixes, as terms of conditions. */
export interface Scenario {
  readonly event: string;
  /** For people: `push of refs/tags/v1.0.0`. */
  readonly title: string;
  /** The values a term can take; undefined where the event leaves it open. */
  values(path: string): readonly Value[] | undefined;
}

/** Activity types that start a workflow when it names none (docs: "Events that trigger workflows"). */
const DEFAULT_TYPES: Readonly<Record<string, readonly string[]>> = {
  pull_request: ["opened", "synchronize", "reopened"],
  pull_request_target: ["opened", "synchronize", "reopened"],
  merge_group: ["checks_requested"],
};

/** What `github.event` holds only for some events: null under all others. */
const EVENT_PAYLOADS: readonly (readonly [path: string, events: RegExp])[] = [
  ["github.event.pull_request", /^pull_request/],
  ["github.event.number", /^pull_request|^issues/],
  ["github.event.release", /^release$/],
  ["github.event.issue", /^issue/],
  ["github.event.workflow_run", /^workflow_run$/],
  ["github.event.merge_group", /^merge_group$/],
  ["github.event.schedule", /^schedule$/],
  ["github.event.head_commit", /^push$/],
];

/** Every way in which a workflow's triggers start it that its conditions could tell apart. */
export function scenariosOf(workflow: Workflow): Scenario[] {
  const literals = workflow.jobs.flatMap(({ condition }) => (condition === undefined ? [] : stringsIn(condition)));
  return workflow.triggers.flatMap((trigger) => refsOf(trigger, literals).map((ref) => scenario(trigger, ref)));
}

/** The refs that a trigger can run on, as far as conditions can tell them apart. Undefined: any. */
function refsOf({ event, filters }: Trigger, literals: readonly string[]): (string | undefined)[] {
  const targets = ["branches", "tags"]
    .flatMap((kind) => filters.get(kind).texts())
    .filter((name) => !name.startsWith("!"));
  const names = [...literals, ...literals.map((name) => `${name}x`), ...targets.map(sampleOf), "some-name"];
  if (event === "push") {
    const refs = names.flatMap((name) =>
      name.startsWith("refs/") ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`],
    );
    const allowed = refs.filter((ref) => {
      const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
      return name !== undefined && passes(filters, kind === "heads" ? "branches" : "tags", name);
    });
    return [...new Set(allowed)];
  }
  if (event === "pull_request") return ["refs/pull/1/merge"];
  return [undefined];
}

function scenario({ event, filters }: Trigger, ref: string | undefined): Scenario {
  const known = new Map<string, readonly Value[]>();
  // A called workflow sees the event of its caller.
  if (event !== "workflow_call") known.set("github.event_name", [event]);
  if (ref !== undefined) {
    known.set("github.ref", [ref]);
    known.set("github.ref_name", [ref.replace(/^refs\/(heads|tags|pull)\//, "")]);
    known.set("github.ref_type", [ref.startsWith("refs/tags/") ? "tag" : "branch"]);
    // Any branch can be the default one, which conditions hold the ref against in many a form.
    const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
    if (branch !== undefined) known.set("github.event.repository.default_branch", [branch, `${branch}-not`]);
  }
  if (!/^pull_request/.test(event) && event !== "workflow_call") {
    known.set("github.base_ref", [""]);
    known.set("github.head_ref", [""]);
  }
  const types = filters.get("types").isPresent ? filters.get("types").texts() : DEFAULT_TYPES[event];
  if (types !== undefined) known.set("github.event.action", types);
  for (const [name, values] of inputValues(event, filters)) {
    known.set(`inputs.${name}`, values);
    known.set(`github.event.inputs.${name}`, values.map(String));
  }
  const baseFilter = /^pull_request/.test(event) && filters.get("branches").isPresent;
  return {
    event,
    title: ref === undefined || event === "pull_request" ? event : `${event} of ${ref}`,
    values: (path) => {
      const values = known.get(path);
      if (values !== undefined) return values;
      if (path === "github.base_ref" && baseFilter) return filters.get("branches").texts().map(sampleOf);
      return isAbsent(path, event) ? [null] : undefined;
    },
  };
}

/** Inputs of the kinds whose values are known: booleans and choices. */
function inputValues(event: string, filters: YamlNode): [name: string, values: readonly Value[]][] {
  if (event !== "workflow_dispatch" && event !== "workflow_call") return [];
  return filters
    .get("inputs")
    .entries()
    .flatMap(([name, input]): [string, readonly Value[]][] => {
      const type = input.get("type").text;
      if (type === "boolean") return [[name.toLowerCase(), [true, false]]];
      return type === "choice" ? [[name.toLowerCase(), input.get("options").texts()]] : [];
    });
}

/** What another event would bring: `github.event.pull_request` under a push, `inputs` where nobody gives any. */
function isAbsent(path: string, event: string): boolean {
  if (event === "workflow_call") return false;
  if (/^(github\.event\.)?inputs\./.test(path)) return event !== "workflow_dispatch";
  return EVENT_PAYLOADS.some(
    ([payload, events]) => (path === payload || path.startsWith(`${payload}.`)) && !events.test(event),
  );
}

function stringsIn(condition: string): string[] {
  const related = [...termsOf(parseExpression(condition)).paths.values()].flatMap((values) => [...values]);
  return related.filter((value) => typeof value === "string");
}
