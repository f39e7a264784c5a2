import { checkExpiry } from "../kinds/kind.ts";
import { ask, type OnlineCheck, onlineProblem } from "./ask.ts";

/** Scopes that hold others (docs: "Scopes for OAuth apps"). */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  repo: ["repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"],
  "write:packages": ["read:packages"],
  "admin:org": ["write:org", "read:org"],
  "write:org": ["read:org"],
};

/** Whether GitHub takes the token, until when, and for what. */
export const tryGitHubToken: OnlineCheck = async (subject, services) => {
  const { scopes, repository } = subject.expectation.options;
  const headers = {
    authorization: `Bearer ${subject.value}`,
    accept: "application/vnd.github+json",
    "user-agent": "secrets-check",
  };
  // A token of an app belongs to no user.
  const path = subject.value.startsWith("ghs_") ? "/installation/repositories?per_page=1" : "/user";
  const response = await ask(services, `${services.githubApi}${path}`, { headers });
  await response.body?.cancel();
  if (response.status === 401)
    return [onlineProblem(subject, "rejected", "GitHub does not take it: it was revoked or has expired")];
  if (!response.ok) return [onlineProblem(subject, "unverified", `GitHub answered ${response.status} to it`)];
  const expiry = response.headers.get("github-authentication-token-expiration");
  const findings =
    expiry === null ? [] : checkExpiry(subject, "it", new Date(expiry.replace(" UTC", "Z").replace(" ", "T")));
  const granted = response.headers.get("x-oauth-scopes");
  if (scopes !== undefined && granted !== null) findings.push(...checkScopes(scopes, granted));
  if (scopes !== undefined && granted === null && repository === undefined) {
    findings.push(
      onlineProblem(
        subject,
        "unverified",
        "a fine-grained token does not tell its permissions: add repository=owner/name",
      ),
    );
  }
  if (repository !== undefined) findings.push(...(await checkPush(repository)));
  return findings;

  function checkScopes(wanted: string, header: string) {
    const held = header.split(/,\s*/).flatMap((scope) => [scope, ...(IMPLIED[scope] ?? [])]);
    const lacking = wanted.split(/[+,]/).filter((scope) => !held.includes(scope));
    return lacking.length === 0
      ? []
      : [onlineProblem(subject, "wrong-scope", `it lacks the scope ${lacking.join(" and ")}`)];
  }

  async function checkPush(name: string) {
    const answer = await ask(services, `${services.githubApi}/repos/${name}`, { headers });
    const body: unknown = answer.ok ? await answer.json() : undefined;
    if (Object(Object(body).permissions).push === true) return [];
    const why = answer.ok ? `it may not push to ${name}` : `it does not see ${name}`;
    return [onlineProblem(subject, "wrong-scope", why)];
  }
};
