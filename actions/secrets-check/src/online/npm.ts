import { unknown } from "../kinds/kind.ts";
import { isNpmsOwn } from "../kinds/tokens.ts";
import { ask, type OnlineCheck, onlineProblem } from "./ask.ts";

/** Whether the registry knows whose token it is. */
export const tryNpmToken: OnlineCheck = async (subject, services) => {
  const { registry = services.npmRegistry } = subject.expectation.options;
  // A token of another registry is nothing to show to npm's.
  if (subject.expectation.options["registry"] === undefined && !isNpmsOwn(subject.value)) {
    return [
      unknown(subject, "it is a token of another registry: name that with registry=https://... to have it tried"),
    ];
  }
  const headers = { authorization: `Bearer ${subject.value}` };
  const response = await ask(services, `${trimmed(registry)}/-/whoami`, { headers });
  await response.body?.cancel();
  if (response.ok) return [];
  if ([401, 403].includes(response.status))
    return [onlineProblem(subject, "rejected", "the registry does not take it: it was revoked or has expired")];
  return [onlineProblem(subject, "unverified", `the registry answered ${response.status} to it`)];
};

/**
 * Whether this workflow is a trusted publisher (docs: "Trusted publishing for npm packages"): asks GitHub for
 * an identity token and, where a package is named, has the registry exchange it for one that may publish it.
 */
export const tryNpmOidc: OnlineCheck = async (subject, services) => {
  const request = new URL(subject.other("ACTIONS_ID_TOKEN_REQUEST_URL"));
  request.searchParams.set("audience", `npm:${new URL(services.npmRegistry).host}`);
  const bearer = `Bearer ${subject.other("ACTIONS_ID_TOKEN_REQUEST_TOKEN")}`;
  const minted = await ask(services, request.href, { headers: { authorization: bearer } });
  const body: unknown = minted.ok ? await minted.json() : undefined;
  const token: unknown = Object(body).value;
  if (typeof token !== "string")
    return [
      onlineProblem(
        subject,
        "rejected",
        `GitHub gave no identity token (${minted.status}): the job needs \`id-token: write\``,
      ),
    ];
  services.mask(token);
  const { package: name } = subject.expectation.options;
  if (name === undefined) return [];
  const exchange = `${trimmed(services.npmRegistry)}/-/npm/v1/oidc/token/exchange/package/${encodeURIComponent(name)}`;
  const response = await ask(services, exchange, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  await response.body?.cancel();
  if (response.ok) return [];
  // The registry says 404 for a publisher that does not match (F107).
  return [
    onlineProblem(
      subject,
      "rejected",
      `${name} does not trust this repository, workflow file and environment to publish it (${response.status})`,
    ),
  ];
};

function trimmed(registry: string): string {
  return registry.replace(/\/+$/, "");
}
