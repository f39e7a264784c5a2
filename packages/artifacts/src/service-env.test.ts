import { expect, test } from "@jest/globals";
import { readServiceEnv } from "./service-env.ts";

const complete = { ACTIONS_RESULTS_URL: "https://results.test/", ACTIONS_RUNTIME_TOKEN: "a.b.c" };

test.each([{}, { GITHUB_SERVER_URL: "https://github.com" }, { GITHUB_SERVER_URL: "https://acme.ghe.com" }])(
  "reads where the service is, with %j",
  (env) => {
    expect(readServiceEnv({ ...complete, ...env })).toEqual({ url: "https://results.test/", token: "a.b.c" });
  },
);

test.each([
  [{}, "ACTIONS_RESULTS_URL and ACTIONS_RUNTIME_TOKEN are not set"],
  [{ ...complete, ACTIONS_RUNTIME_TOKEN: "" }, "ACTIONS_RUNTIME_TOKEN is not set"],
])("F94: says which variable is missing", (env, message) => {
  expect(() => readServiceEnv(env)).toThrow(message);
});

test.each(["https://github.acme.com", "https://notgithub.com", "https://git.acme.org:8443"])(
  "F95: refuses the enterprise server %s",
  (url) => {
    expect(() => readServiceEnv({ ...complete, GITHUB_SERVER_URL: url })).toThrow("GitHub Enterprise Server");
  },
);
