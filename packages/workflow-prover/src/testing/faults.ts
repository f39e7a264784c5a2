/** A plausible mistake in the prover: a text in one of its files, and the text that replaces it. */
export interface Fault {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const FAULTS: readonly Fault[] = [
  {
    what: "a skipped job counts as a success for those behind it",
    file: "run/run.ts",
    from: 'ancestors.every((id) => this.resultOf(id) === "success")',
    to: 'ancestors.every((id) => this.resultOf(id) !== "failure")',
  },
  {
    what: "only the jobs that are needed directly count",
    file: "ancestors.ts",
    from: "?.needs ?? []) reached.add(need);",
    to: "?.needs ?? []) reached.has(need);",
  },
  {
    what: "failure() is true for skipped jobs",
    file: "run/run.ts",
    from: 'ancestors.some((id) => this.resultOf(id) === "failure")',
    to: 'ancestors.some((id) => this.resultOf(id) !== "success")',
  },
  {
    what: "success() is not implied",
    file: "run/run.ts",
    from: 'if (!condition.asksForStatus && !status("success")) return false;',
    to: "",
  },
  {
    what: "success() is not implied where there is no condition",
    file: "run/run.ts",
    from: 'if (condition === undefined) return status("success");',
    to: "if (condition === undefined) return true;",
  },
  {
    what: "the failure of a job that may fail counts",
    file: "run/run.ts",
    from: 'ends.filter((end) => end !== "failure")',
    to: "ends",
  },
  {
    what: "a skipped job hands its outputs on",
    file: "run/run.ts",
    from: 'return result !== "skipped" && ',
    to: "return ",
  },
  {
    what: "outputs keep the type of their expression",
    file: "run/run.ts",
    from: "meaning.isText ? new StringData(value.coerceString()) : value",
    to: "value",
  },
  {
    what: "the line feed of a block scalar is taken off",
    file: "condition.ts",
    from: "const text = node.text;",
    to: "const text = node.text?.trim();",
  },
  {
    what: "a merged pull request still has its merge ref",
    file: "events/pull-request.ts",
    from: '(trigger.event === "pull_request" && kind.merged)',
    to: "false",
  },
  {
    what: "pull_request_target runs on the merge ref",
    file: "events/pull-request.ts",
    from: 'trigger.event === "pull_request_target" || (trigger',
    to: "(trigger",
  },
  {
    what: "no pull request comes from a fork",
    file: "events/pull-request.ts",
    from: "[false, true].map((isFork)",
    to: "[false].map((isFork)",
  },
  {
    what: "closed pull requests are never merged",
    file: "events/pull-request.ts",
    from: '"github.event.pull_request.merged": constant(kind.merged)',
    to: '"github.event.pull_request.merged": constant(false)',
  },
  {
    what: "the filter of the base branch is forgotten",
    file: "events/pull-request.ts",
    from: 'textVariable("base branch", "ref", filter)',
    to: 'textVariable("base branch", "ref")',
  },
  {
    what: "closed is a default type of pull_request",
    file: "events/activity-types.ts",
    from: 'pull_request: ["opened", "synchronize", "reopened"],',
    to: 'pull_request: ["opened", "synchronize", "reopened", "closed"],',
  },
  {
    what: "a pattern with an exclamation mark takes nothing back",
    file: "events/filter.ts",
    from: "matched = !isNegated",
    to: "matched = true",
  },
  {
    what: "a filter for branches lets tags through",
    file: "events/filter.ts",
    from: "return filterOf(filters, kind) !== undefined || filterOf(filters, other) === undefined;",
    to: "return other !== kind;",
  },
  {
    what: "ignored branches are those that start the workflow",
    file: "events/filter.ts",
    from: "return matched !== filter.ignores;",
    to: "return matched;",
  },
  {
    what: "only the first cron of a schedule comes",
    file: "events/cases.ts",
    from: 'choiceVariable("github.event.schedule", crons)',
    to: 'choiceVariable("github.event.schedule", crons.slice(0, 1))',
  },
  {
    what: "a release runs on a branch",
    file: "events/cases.ts",
    from: '...refMeanings("tag", tag)',
    to: '...refMeanings("branch", tag)',
  },
  {
    what: "a choice has only its first option",
    file: "events/inputs.ts",
    from: 'input.get("options").texts()',
    to: 'input.get("options").texts().slice(0, 1)',
  },
  {
    what: "the event brings inputs with their types",
    file: "events/inputs.ts",
    from: '["true", "false"]',
    to: "[true, false]",
  },
  {
    what: "no list of labels has a name that is asked for",
    file: "candidates.ts",
    from: "for (const name of names) lists.push(...lists.map((list) => [...list, name]));",
    to: "",
  },
  {
    what: "the last value of a question is not tried",
    file: "choices.ts",
    from: "step.index < step.options.length - 1",
    to: "step.index < step.options.length - 2",
  },
  {
    what: "jobs never fail when it is asked whether one can run",
    file: "job-verdict.ts",
    from: "const ANYTHING: Course = { ends: () => ENDS,",
    to: 'const ANYTHING: Course = { ends: () => ["success"],',
  },
  {
    what: "runs are never cancelled",
    file: "job-verdict.ts",
    from: "ENDS, mayBeCancelled: true }",
    to: "ENDS, mayBeCancelled: false }",
  },
  {
    what: "a skip after a failure counts as a skip without one",
    file: "job-verdict.ts",
    from: 'const NOTHING_FAILS: Course = { ends: () => ["success"],',
    to: "const NOTHING_FAILS: Course = { ends: () => ENDS,",
  },
];
