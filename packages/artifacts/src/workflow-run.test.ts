import { describe, expect, test } from "@jest/globals";
import { forkRefused, isOwnRun, type WorkflowRun, workflowRun } from "./workflow-run.ts";

const runOf = (fields: object): WorkflowRun =>
  workflowRun({ id: 1, html_url: "https://github.com/acme/product/runs/1", ...fields }, "");

describe("isOwnRun", () => {
  test.each<[string, object, boolean]>([
    ["accepts a run of the repository", { head_repository: { full_name: "Acme/Product" } }, true],
    ["refuses a run of a fork", { head_repository: { full_name: "mallory/product" }, event: "pull_request" }, false],
    ["refuses a run of a deleted fork", { head_repository: null, event: "pull_request" }, false],
    ["refuses a run of a deleted fork for any event", { head_repository: null, event: "push" }, false],
    ["accepts a push when the server does not name a repository", { event: "push" }, true],
    ["accepts a dispatch when the server does not name a repository", { event: "workflow_dispatch" }, true],
    ["refuses a pull request when the server does not name a repository", { event: "pull_request" }, false],
    ["refuses a pull request under Gitea's name of the event", { event: "pull_request_sync" }, false],
    ["refuses a run without an event", {}, false],
  ])("%s", (_title, fields, expected) => {
    expect(isOwnRun(runOf(fields), "acme/product")).toBe(expected);
  });

  test("names the repository of refused runs, or says that the server does not name it", () => {
    const runs = [{ head_repository: null }, { event: "pull_request" }, { head_repository: { full_name: "m/fork" } }];
    expect(forkRefused(runs.map(runOf), "3 runs").message).toBe(
      "3 runs of a deleted repository, an unknown repository (pull_request), m/fork, but runs of forks are refused",
    );
  });
});
