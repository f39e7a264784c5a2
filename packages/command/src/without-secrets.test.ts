import { expect, test } from "@jest/globals";
import { withoutSecrets } from "./without-secrets.ts";

test("leaves out inputs, the runner's own tokens, and whatever calls itself a secret", () => {
  const env = {
    PATH: "/bin",
    INPUT_LOGINS: "a",
    ACTIONS_RUNTIME_URL: "b",
    GH_TOKEN: "c",
    A_SECRET_KEY: "d",
    HOME: "/",
  };
  expect(withoutSecrets(env)).toEqual({ PATH: "/bin", HOME: "/" });
});
