import { describe, expect, test } from "@jest/globals";
import { readWorkflow } from "@release-actions/workflow";
import { canBeSkipped, canRun, type Verdict } from "./job-verdict.ts";
import { Project } from "./project.ts";

interface Answers {
  readonly run: Verdict["kind"];
  readonly skip: Verdict["kind"];
}

/** The answers for the only job `a` of a workflow with these triggers and this condition. */
function one(on: string, condition: string): Answers {
  return jobs(on, `  a: { runs-on: x, if: ${JSON.stringify(condition)}, steps: [] }`)("a");
}

function jobs(on: string, text: string): (id: string) => Answers {
  const workflow = readWorkflow(`on: ${on}\njobs:\n${text}\n`, ".github/workflows/w.yml");
  const project = new Project([workflow]);
  return (id) => {
    const job = workflow.jobs.find((candidate) => candidate.id === id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return { run: canRun(project, job).kind, skip: canBeSkipped(project, job).kind };
  };
}

/** Whether the verdict is proven: true, false, or `"unknown"`. */
const runs = ({ run }: Answers): boolean | string => (run === "unknown" ? run : run === "possible");
const isCertain = ({ skip }: Answers): boolean | string => (skip === "unknown" ? skip : skip === "impossible");

describe("a condition that no event can meet", () => {
  test.each([
    ["a literal false", "push", "false"],
    ["a literal false in an expression", "push", "${{ false }}"],
    ["an event that does not trigger the workflow", "[push]", "github.event_name == 'pull_request'"],
    ["a tag where only branches trigger", "{ push: { branches: [main] } }", "startsWith(github.ref, 'refs/tags/')"],
    ["a branch that the filter leaves out", "{ push: { branches: [main] } }", "github.ref_name == 'develop'"],
    [
      "a branch that a negative pattern excludes",
      "{ push: { branches: ['**', '!wip/**'] } }",
      "github.ref == 'refs/heads/wip/x'",
    ],
    ["an ignored branch", "{ push: { branches-ignore: ['gh-*'] } }", "github.ref_name == 'gh-pages'"],
    [
      "the payload of another event",
      "push",
      "github.event.pull_request.draft == false && github.event.pull_request.number > 0",
    ],
    [
      "an action that is not a type of the trigger",
      "{ pull_request: { types: [opened] } }",
      "github.event.action == 'closed'",
    ],
    ["a type that is not included by default", "pull_request", "github.event.action == 'labeled'"],
    [
      "a base branch that the filter leaves out",
      "{ pull_request: { branches: [main] } }",
      "github.base_ref == 'develop'",
    ],
    [
      "a choice that is not an option",
      "{ workflow_dispatch: { inputs: { k: { type: choice, options: [a, b] } } } }",
      "inputs.k == 'c'",
    ],
    ["an input for an event without inputs", "push", "inputs.force"],
    ["a failure without an earlier job", "push", "failure()"],
    ["a value that must equal two texts", "push", "github.actor == 'a' && github.actor == 'b'"],
    ["two refs at the same time", "push", "github.ref == 'refs/heads/main' && github.ref_type == 'tag'"],
    ["always, and never", "push", "always() && false"],
  ])("is found: %s", (_case, on, condition) => {
    expect(runs(one(on, condition))).toBe(false);
  });
});

describe("a condition that some run can meet", () => {
  test.each([
    ["no condition", "push", "true"],
    [
      "the default branch, whatever its name",
      "{ push: { branches: [main] } }",
      "github.ref == format('refs/heads/{0}', github.event.repository.default_branch) && !github.event.repository.fork",
    ],
    ["a branch other than the default branch", "push", "github.ref_name != github.event.repository.default_branch"],
    ["the event itself", "[push, pull_request]", "github.event_name == 'pull_request'"],
    ["a tag without a filter", "push", "startsWith(github.ref, 'refs/tags/v')"],
    ["a tag that the filter lets through", "{ push: { tags: ['v*'] } }", "startsWith(github.ref_name, 'v')"],
    [
      "a branch that a pattern matches",
      "{ push: { branches: [main, 'release-*'] } }",
      "startsWith(github.ref, 'refs/heads/release-')",
    ],
    ["a repository", "push", "github.repository == 'org/product'"],
    ["a run outside of a fork", "pull_request", "github.event.pull_request.head.repo.full_name == github.repository"],
    ["a fork", "pull_request", "github.event.pull_request.head.repo.full_name != github.repository"],
    ["a label", "pull_request", "contains(github.event.pull_request.labels.*.name, 'full-ci')"],
    ["an item of a list", "push", 'contains(fromJSON(\'["a", "b"]\'), github.actor)'],
    ["a commit message", "push", "!contains(github.event.head_commit.message, '[skip ci]')"],
    ["a variable", "push", "vars.ENABLED == 'true'"],
    ["a number", "push", "github.run_attempt > 1"],
    ["a boolean input", "{ workflow_dispatch: { inputs: { force: { type: boolean } } } }", "inputs.force == true"],
    ["a cancelled run", "push", "cancelled()"],
    ["the same word in a different case", "push", "github.event_name == 'PUSH'"],
  ])("is not reported: %s", (_case, on, condition) => {
    expect(runs(one(on, condition))).toBe(true);
  });
});

test("a condition that depends on callers in other repositories is neither proven nor refuted", () => {
  expect(runs(one("workflow_call", "github.event_name == 'push'"))).toBe("unknown");
});

describe("a job that needs others", () => {
  test("cannot run when one of them cannot", () => {
    const at = jobs("push", "  a: { if: false }\n  b: { needs: a }\n  c: { needs: [b] }");
    expect([runs(at("a")), runs(at("b")), runs(at("c"))]).toEqual([false, false, false]);
  });

  test("can run anyway when its condition says so", () => {
    const at = jobs(
      "push",
      "  a: { if: false }\n  b: { needs: a, if: always() }\n  c: { needs: a, if: '!cancelled()' }",
    );
    expect([runs(at("b")), runs(at("c"))]).toEqual([true, true]);
    expect([isCertain(at("b")), isCertain(at("c"))]).toEqual([true, true]);
  });

  test("never sees a failure of a job that never runs", () => {
    const at = jobs(
      "push",
      "  a: { if: false }\n  b: { needs: a, if: failure() }\n  c: { needs: a, if: \"always() && needs.a.result == 'success'\" }",
    );
    expect([runs(at("b")), runs(at("c"))]).toEqual([false, false]);
  });

  test("can be skipped, and then passes, when a job that it needs can be skipped", () => {
    const at = jobs("push", "  a: { if: vars.X }\n  b: { needs: a }");
    expect([isCertain(at("a")), isCertain(at("b"))]).toEqual([false, false]);
  });

  test("is certain to run without any condition", () => {
    const at = jobs("[push, pull_request]", "  a: {}\n  b: { needs: a }");
    expect(isCertain(at("b"))).toBe(true);
  });

  test("does not loop when jobs need each other", () => {
    expect(runs(jobs("push", "  a: { needs: b }\n  b: { needs: a }")("a"))).toBe(false);
  });
});

describe("an output that is compared with true", () => {
  const output = (script: string) =>
    jobs(
      "push",
      `  a:
    runs-on: x
    outputs: { y: "\${{ steps.s.outputs.y }}" }
    steps: [{ id: s, run: ${JSON.stringify(script)} }]
  b: { needs: a, runs-on: x, if: needs.a.outputs.y == true, steps: [] }
`,
    )("b");

  test("is undecided when the step that writes it cannot be read, since only the text `1` equals true", () => {
    expect(output("./decide >> $GITHUB_OUTPUT").run).toBe("unknown");
  });

  test("is decided when the step that writes it can be read", () => {
    expect(output("echo y=true >> $GITHUB_OUTPUT").run).toBe("impossible");
    expect(output("echo y=1 >> $GITHUB_OUTPUT").run).toBe("possible");
  });
});
