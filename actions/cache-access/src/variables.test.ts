import { describe, expect, test } from "@jest/globals";
import { cacheVariables } from "./variables.ts";

const env = { ACTIONS_RESULTS_URL: "https://results/", ACTIONS_RUNTIME_TOKEN: "token" };

describe("access to the cache", () => {
  test("passes on the variables that the runner sets, and nothing else from the environment", () => {
    const all = { ...env, ACTIONS_CACHE_SERVICE_V2: "True", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "never" };
    expect(cacheVariables(all, false)).toEqual({ ...env, ACTIONS_CACHE_SERVICE_V2: "True" });
  });

  test("is refused in a run for a tag, unless the caller asks for it (F134)", () => {
    expect(cacheVariables({ ...env, GITHUB_REF_TYPE: "tag" }, false)).toBeUndefined();
    expect(cacheVariables({ ...env, GITHUB_REF_TYPE: "tag" }, true)).toEqual(env);
    expect(cacheVariables({ ...env, GITHUB_REF_TYPE: "branch" }, false)).toEqual(env);
  });

  test.each(["ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"])("is not available without %s (F94)", (name) => {
    expect(cacheVariables({ ...env, [name]: "" }, false)).toBeUndefined();
  });
});
