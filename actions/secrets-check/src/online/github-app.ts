import { createPrivateKey, sign } from "node:crypto";
import type { Finding } from "../finding.ts";
import { type Subject, textOf } from "../kinds/kind.ts";
import { ask, type OnlineCheck, onlineProblem, type Services } from "./ask.ts";
import { missingPermissions } from "./permissions.ts";

/** GitHub accepts at most 10 minutes; its clock may lag (docs, "Generating a JSON Web Token for a GitHub App"). */
const VALID_S = 9 * 60;
const CLOCK_DRIFT_S = 60;

/**
 * Checks that ID and key belong to the same App, that it is installed on the repository, and that it has the
 * permissions. Creates no installation token.
 */
export const tryAppKey: OnlineCheck = async (subject, services) => {
  const { "app-id": appId = "", permissions, repository } = subject.expectation.options;
  const token = appToken(subject.other(appId), textOf(subject.value), services.now);
  services.mask(token);
  const app = await get(services, token, "/app");
  if (app.status === 401) {
    return [onlineProblem(subject, "rejected", `GitHub does not accept it as a key of the App in ${appId}`)];
  }
  if (!app.ok) return [onlineProblem(subject, "unverified", `GitHub answered ${app.status} to it`)];
  const of = repository === undefined ? app : await get(services, token, `/repos/${repository}/installation`);
  if (of.status === 404) return [onlineProblem(subject, "wrong-scope", `the App is not installed on ${repository}`)];
  if (!of.ok) return [onlineProblem(subject, "unverified", `GitHub answered ${of.status} to it`)];
  return checkInstallation(subject, await of.json(), permissions, repository);
};

function checkInstallation(
  subject: Subject,
  installation: unknown,
  permissions: string | undefined,
  repository: string | undefined,
): Finding[] {
  const { suspended_at: suspended, permissions: granted } = Object(installation);
  if (typeof suspended === "string") {
    return [onlineProblem(subject, "rejected", `the installation on ${repository} is suspended`)];
  }
  const lacking = permissions === undefined ? [] : missingPermissions(permissions, Object(granted));
  return lacking.length === 0 ? [] : [onlineProblem(subject, "wrong-scope", `the App lacks ${lacking.join(" and ")}`)];
}

async function get(services: Services, token: string, path: string): Promise<Response> {
  const headers = {
    authorization: `Bearer ${token}`,
    accept: "application/vnd.github+json",
    "user-agent": "secrets-check",
  };
  return await ask(services, `${services.githubApi}${path}`, { headers });
}

function appToken(id: string, pem: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iat: seconds - CLOCK_DRIFT_S, exp: seconds + VALID_S, iss: id };
  const content = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${content}.${sign("sha256", Buffer.from(content), createPrivateKey(pem)).toString("base64url")}`;
}
