import type { Finding } from "../finding.ts";
import { checkExpiry, problem, type Subject, unknown } from "../kinds/kind.ts";
import { ask, type OnlineCheck, refusal, type Services } from "./ask.ts";
import { askGitHub, missingPermissions } from "./github-api.ts";

/** Scopes that include others (docs: "Scopes for OAuth apps"). */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  repo: ["repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"],
  "write:packages": ["read:packages"],
  "admin:org": ["write:org", "read:org"],
  "write:org": ["read:org"],
};

/** Checks that GitHub accepts the token, when it expires, and what it may do. */
export const tryGitHubToken: OnlineCheck = async (subject, services) => {
  const { scopes, permissions, repository } = subject.expectation.options;
  // An App's token does not belong to a user.
  const isOfApp = subject.value.startsWith("ghs_");
  const path = isOfApp ? "/installation/repositories?per_page=1" : "/user";
  const response = await askGitHub(services, subject.value, path);
  await response.body?.cancel();
  const refused = refusal(subject, response, "GitHub", "GitHub does not accept it: it was revoked or has expired");
  if (refused.length > 0) return refused;
  const expiry = response.headers.get("github-authentication-token-expiration");
  const findings = expiry === null ? [] : checkExpiry(subject, "it", parseExpiry(expiry));
  const granted = response.headers.get("x-oauth-scopes");
  if (scopes !== undefined && granted !== null) findings.push(...checkScopes(subject, scopes, granted));
  if (granted === null && repository === undefined && (scopes ?? permissions) !== undefined) {
    const message = "the permissions of a fine-grained token are not visible: add repository=owner/name";
    findings.push(...problem(subject, "unverified", message));
  }
  if (repository === undefined) return findings;
  findings.push(...(await checkPush(subject, services, repository)));
  const others = permissions === undefined ? [] : missingPermissions(permissions, { contents: "write" });
  if (others.length > 0 && granted === null)
    findings.push(...unknown(subject, `GitHub does not say whether it has ${others.join(" and ")}`));
  return findings;
};

/** Reads a date as GitHub writes it: `2026-12-05 10:00:00 UTC`, or with an offset, `2026-12-05 10:00:00 -0700`. */
export function parseExpiry(text: string): Date | undefined {
  const [, day, time, hours, minutes = "00"] =
    /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?\s*(?:UTC|GMT|Z|([+-]\d{2}):?(\d{2})?)?$/.exec(text.trim()) ??
    [];
  return day === undefined ? undefined : new Date(`${day}T${time}${hours === undefined ? "Z" : `${hours}:${minutes}`}`);
}

function checkScopes(subject: Subject, wanted: string, header: string): Finding[] {
  const held = header.split(/,\s*/).flatMap((scope) => [scope, ...(IMPLIED[scope] ?? [])]);
  const lacking = wanted.split(/[+,]/).filter((scope) => !held.includes(scope));
  return lacking.length === 0 ? [] : problem(subject, "wrong-scope", `it lacks the scope ${lacking.join(" and ")}`);
}

/**
 * Checks the right to push. The API shows only what the token's owner may do. Whether the token itself may push is
 * shown by the ref discovery of git-receive-pack, which has no side effects (git-scm.com, "HTTP transfer protocols").
 */
async function checkPush(subject: Subject, services: Services, name: string): Promise<Finding[]> {
  const answer = await askGitHub(services, subject.value, `/repos/${name}`);
  if (!answer.ok) return problem(subject, "wrong-scope", `it does not see ${name}`);
  const { permissions } = Object(await answer.json());
  const mayNotPush = problem(subject, "wrong-scope", `it may not push to ${name}`);
  if (permissions !== undefined && Object(permissions).push !== true) return mayNotPush;
  const refs = `${services.githubServer}/${name}.git/info/refs?service=git-receive-pack`;
  const login = Buffer.from(`x-access-token:${subject.value}`).toString("base64");
  const advertised = await ask(services, refs, { headers: { authorization: `Basic ${login}` } });
  await advertised.body?.cancel();
  return advertised.status === 403 ? mayNotPush : [];
}
