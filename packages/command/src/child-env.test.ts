import { describe, expect, test } from "@jest/globals";
import { buildEnv } from "./build-env.ts";
import { childEnv, envFor } from "./child-env.ts";

/** Names of secrets in the workflows of public repositories. */
const SECRETS = [
  ...["DOCKER_PASSWORD", "NOTARY_APP_SPECIFIC_PASSWORD", "CODESIGN_CERTIFICATE", "DEPLOY_PRIVATE_KEY", "MY_PAT"],
  ...["github_token", "GH_TOKEN", "GITHUB_TOKEN", "A_SECRET_KEY", "npm_config__authToken", "NODE_AUTH_TOKEN"],
  ...["APPLE_CERTIFICATE_P12", "CARGO_REGISTRY_TOKEN", "AWS_SECRET_ACCESS_KEY", "SSH_DEPLOY_KEY", "GPG_PASSPHRASE"],
  ...["AC_PASSWORD", "SLACK_WEBHOOK", "SENTRY_DSN", "KUBECONFIG", "GOOGLE_CREDENTIALS", "COSIGN_PASSWORD"],
];
const STEP = ["INPUT_LOGINS", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "STATE_x", "GITHUB_ENV"];
const NEEDED = {
  PATH: "/bin",
  HOME: "/",
  LANG: "C.UTF-8",
  LC_ALL: "C",
  TZ: "UTC",
  TMPDIR: "/tmp",
  CI: "true",
  HTTPS_PROXY: "http://proxy:3128",
  no_proxy: "10.0.0.0/8",
  SSL_CERT_FILE: "/ca.pem",
  DOCKER_HOST: "tcp://d:2375",
  SystemRoot: "C:\\Windows",
  Path: "C:\\bin",
  "ProgramFiles(x86)": "C:\\x",
  CARGO_HOME: "/c",
  RUSTUP_TOOLCHAIN: "1.90",
  GITHUB_SHA: "abc",
  RUNNER_OS: "Linux",
  DEVELOPER_DIR: "/Applications/Xcode.app",
  CARGO_TARGET_DIR: "/t",
};
const from = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, "s3cret"]));

describe("childEnv", () => {
  test("passes on the variables that a program needs, and no others of the step", () => {
    const env = { ...from([...SECRETS, ...STEP, "SOMETHING_OF_THE_STEP"]), ...NEEDED };
    expect(childEnv(env)).toEqual(NEEDED);
  });

  test.each([
    ["git", ["GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_SSH_COMMAND", "SSH_AUTH_SOCK"]],
    ["/usr/bin/cargo", ["CARGO_REGISTRIES_OURS_TOKEN", "CARGO_REGISTRY_CREDENTIAL_PROVIDER"]],
    ["docker-credential-ecr-login", ["AWS_SECRET_ACCESS_KEY", "GOOGLE_APPLICATION_CREDENTIALS"]],
  ])("passes on to %s the variables that only it needs", (program, names) => {
    const needed = from(names);
    expect(envFor(program, { ...from(["DOCKER_PASSWORD", "CARGO_REGISTRY_TOKEN"]), ...needed })).toEqual(needed);
    expect(envFor("tar", needed)).toEqual({});
  });
});

describe("buildEnv", () => {
  test("passes on the variables that a build may read, and names the secrets that it left out", () => {
    const own = {
      SQLX_OFFLINE: "true",
      OPENSSL_DIR: "/opt/ssl",
      APP_VERSION: "1.2.3",
      KEYBOARD: "us",
      MONKEY_NAME: "x",
    };
    const { env, withheld } = buildEnv({ ...from([...SECRETS, ...STEP]), ...NEEDED, ...own });
    expect(env).toEqual({ ...NEEDED, ...own });
    expect(withheld).toEqual([...SECRETS].sort());
  });

  test.each([
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nx"],
    ["a token with a known prefix", "ghp_0123456789abcdefghijklmnopqrstuvwxyz"],
    ["a password in a URL", "https://user:hunter2@example.org/index"],
  ])("leaves out %s under any name", (_name, value) => {
    expect(buildEnv({ HARMLESS: value })).toEqual({ env: {}, withheld: ["HARMLESS"] });
  });

  test("passes on sccache's storage variables only while sccache is in use", () => {
    const storage = { SCCACHE_GHA_ENABLED: "true", ACTIONS_RUNTIME_TOKEN: "t", ACTIONS_RESULTS_URL: "u" };
    expect(buildEnv({ ...storage, RUSTC_WRAPPER: "sccache" }).env).toEqual({ ...storage, RUSTC_WRAPPER: "sccache" });
    expect(buildEnv(storage).env).toEqual({ SCCACHE_GHA_ENABLED: "true" });
  });
});
