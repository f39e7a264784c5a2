import { readFileSync } from "node:fs";

/**
 * Whether a fork's pull request or Dependabot started this run: then it receives no secrets
 * (docs: "Using secrets in GitHub Actions").
 */
export function hasNoSecrets(env: Readonly<NodeJS.ProcessEnv>): boolean {
  if (env["GITHUB_ACTOR"] === "dependabot[bot]") return true;
  if (env["GITHUB_EVENT_NAME"] !== "pull_request") return false;
  const event: unknown = JSON.parse(readFileSync(env["GITHUB_EVENT_PATH"] ?? "", "utf8"));
  const head: unknown = Object(Object(Object(Object(event).pull_request).head).repo).full_name;
  return head !== env["GITHUB_REPOSITORY"];
}
