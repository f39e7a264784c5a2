import { describe, expect, test } from "@jest/globals";
import { forkRefused, isOwnRun, type WorkflowRun, workflowRun } from "./workflow-run.ts";

const runOf = (fields: object): WorkflowRun =>
  workflowRun({ id: 1, html_url: "https://github.com/acme/product/runs/1", ...fields }, "");

describe("whether a run's commit is of the repository that it runs in", () => {
  test.each<[string, object, boolean]>([
    ["its own", { head_repository: { full_name: "Acme/Product" } }, true],
    ["a fork's", { head_repository: { full_name: "mallory/product" }, event: "pull_request" }, false],
    ["a deleted fork's", { head_repository: null, event: "pull_request" }, false],
    ["a deleted fork's, whatever the event", { head_repository: null, event: "push" }, false],
    ["a push on a server that names no repository", { event: "push" }, true],
    ["a dispatch there", { event: "workflow_dispatch" }, true],
    ["a pull request there, which may be a fork's", { event: "pull_request" }, false],
    ["a pull request there, by Gitea's name of the event", { event: "pull_request_sync" }, false],
    ["an event that nobody names", {}, false],
  ])("%s", (_title, fields, expected) => {
    expect(isOwnRun(runOf(fields), "acme/product")).toBe(expected);
  });

  test("a refusal says whose they are, or that the server does not say it", () => {
    const runs = [{ head_repository: null }, { event: "pull_request" }, { head_repository: { full_name: "m/fork" } }];
    expect(forkRefused(runs.map(runOf), "3 runs").message).toBe(
      "3 runs of a deleted repository, an unknown repository (pull_request), m/fork, but runs of forks are refused",
    );
  });
});
