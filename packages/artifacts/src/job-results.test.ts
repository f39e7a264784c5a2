import { describe, expect, test } from "@jest/globals";
import { AccessError, createTransport } from "@release-actions/http";
import { resultsOfJob } from "./job-results.ts";

const transport = createTransport();

describe("resultsOfJob", () => {
  test.each([
    [{ ACTIONS_RUNTIME_TOKEN: "t" }, "ACTIONS_RESULTS_URL", "not steps with `run:`"],
    [{ ACTIONS_RESULTS_URL: "http://127.0.0.1" }, "ACTIONS_RUNTIME_TOKEN", "--artifact-server-path"],
    [{ GITHUB_SERVER_URL: "https://git.acme.example" }, "ACTIONS_RESULTS_URL", "GitHub Enterprise Server"],
  ])("names the variable that %j does not contain (F94, F95)", (env, variable, advice) => {
    let thrown: unknown;
    try {
      resultsOfJob(env, { transport });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AccessError);
    expect(thrown).toMatchObject({
      message: expect.stringContaining(`did not set ${variable}`),
      advice: expect.stringContaining(advice),
    });
  });
});
