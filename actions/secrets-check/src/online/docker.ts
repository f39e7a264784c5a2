import { originOf, parseChallenge } from "@release-actions/registry-client";
import type { Finding } from "../finding.ts";
import { jwtClaims, problem, type Subject, unknown } from "../kinds/kind.ts";
import { ask, type OnlineCheck, refusal, type Services } from "./ask.ts";

const HUB = "docker.io";
const WANTED = ["pull", "push"];

/**
 * Checks that the login gets a token and, if a repository is given, that the token may push to it (docs: "Token
 * authentication specification" of the distribution project). Requesting a token has no side effects.
 */
export const tryDockerLogin: OnlineCheck = async (subject, services) => {
  const { username = "", registry = HUB, repository } = subject.expectation.options;
  const user = subject.other(username);
  const authorization = `Basic ${Buffer.from(`${user}:${subject.value}`).toString("base64")}`;
  const name = registry === HUB ? "Docker Hub" : registry;
  const place = await tokenPlace(registry, services);
  if (place === undefined)
    return unknown(subject, `${name} does not ask for a login, so the login cannot be tested there`);
  if (place.realm !== undefined) {
    place.url.searchParams.set("account", user);
    if (repository !== undefined) place.url.searchParams.set("scope", `repository:${repository}:${WANTED.join(",")}`);
  }
  const response = await ask(services, place.url.href, { headers: { authorization } });
  const rejected = `${name} does not accept this user name and password`;
  const refused = refusal(subject, response, name, rejected, [401, 403]);
  if (refused.length > 0) {
    await response.body?.cancel();
    return refused;
  }
  const answer: unknown = await response.json().catch(() => undefined);
  const { token, access_token: accessToken } = Object(answer);
  const granted: unknown = token ?? accessToken;
  if (typeof granted === "string") services.mask(granted);
  return repository === undefined ? [] : checkGrant(subject, granted, repository, name);
};

interface TokenPlace {
  readonly url: URL;
  /** The token service; absent when the registry itself accepts user name and password. */
  readonly realm: string | undefined;
}

/** The URL to try the login at: that in the registry's challenge, or the registry itself. */
async function tokenPlace(registry: string, services: Services): Promise<TokenPlace | undefined> {
  if (registry === HUB) {
    const realm = `${services.dockerAuth.replace(/\/+$/, "")}/token`;
    return { url: new URL(`${realm}?service=registry.docker.io`), realm };
  }
  const base = new URL("v2/", originOf(registry));
  const response = await ask(services, base.href, {});
  await response.body?.cancel();
  const challenge = parseChallenge(response.headers.get("www-authenticate") ?? "");
  if (response.status !== 401 || challenge === undefined) return undefined;
  if (challenge.scheme === "basic") return { url: base, realm: undefined };
  const realm = challenge.parameters.get("realm") ?? "";
  if (challenge.scheme !== "bearer" || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  // Send the password only over HTTPS, or to the registry's own host.
  if (url.protocol !== "https:" && url.hostname !== base.hostname) return undefined;
  const service = challenge.parameters.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  return { url, realm };
}

/** Reads from a JSON Web Token whether it may push. Other tokens do not show that. */
function checkGrant(subject: Subject, token: unknown, repository: string, registry: string): Finding[] {
  const { access } = typeof token === "string" ? jwtClaims(token) : {};
  if (!Array.isArray(access))
    return unknown(subject, `${registry} accepts it, but does not say whether it may push to ${repository}`);
  const actions = access
    .filter((entry) => Object(entry).type === "repository" && Object(entry).name === repository)
    .flatMap((entry): unknown[] => [Object(entry).actions].flat());
  const lacking = WANTED.filter((action) => !actions.includes(action) && !actions.includes("*"));
  if (lacking.length === 0) return [];
  return problem(subject, "wrong-scope", `it may not ${lacking.join(" or ")} ${repository}`);
}
