import { createPrivateKey, sign } from "node:crypto";
import { problem, textOf } from "../kinds/kind.ts";
import { type OnlineCheck, refusal } from "./ask.ts";
import { askGitHub, missingPermissions } from "./github-api.ts";

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
  const app = await askGitHub(services, token, "/app");
  const refused = refusal(subject, app, "GitHub", `GitHub does not accept it as a key of the App in ${appId}`);
  if (refused.length > 0) return refused;
  const of = repository === undefined ? app : await askGitHub(services, token, `/repos/${repository}/installation`);
  if (of.status === 404) return problem(subject, "wrong-scope", `the App is not installed on ${repository}`);
  if (!of.ok) return problem(subject, "unverified", `GitHub answered ${of.status} to it`);
  const { suspended_at: suspended, permissions: granted } = Object(await of.json());
  if (typeof suspended === "string")
    return problem(subject, "rejected", `the installation on ${repository} is suspended`);
  const lacking = permissions === undefined ? [] : missingPermissions(permissions, Object(granted));
  return lacking.length === 0 ? [] : problem(subject, "wrong-scope", `the App lacks ${lacking.join(" and ")}`);
};

function appToken(id: string, pem: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iat: seconds - CLOCK_DRIFT_S, exp: seconds + VALID_S, iss: id };
  const content = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${content}.${sign("sha256", Buffer.from(content), createPrivateKey(pem)).toString("base64url")}`;
}
