import { unknown } from "../kinds/kind.ts";
import { isNpmsOwn } from "../kinds/tokens.ts";
import { checkTrustedPublisher } from "../npm-publishing.ts";
import { ask, type OnlineCheck, onlineProblem } from "./ask.ts";

/** Checks that the registry accepts the token, by asking for its owner. */
export const tryNpmToken: OnlineCheck = async (subject, services) => {
  const { registry = services.npmRegistry } = subject.expectation.options;
  // Do not send a token of another registry to npm's.
  if (subject.expectation.options["registry"] === undefined && !isNpmsOwn(subject.value)) {
    return [
      unknown(
        subject,
        "it is a token of another registry: name that registry with registry=https://... to test it there",
      ),
    ];
  }
  const headers = { authorization: `Bearer ${subject.value}` };
  const response = await ask(services, `${trimmed(registry)}/-/whoami`, { headers });
  await response.body?.cancel();
  if (response.ok) return [];
  if ([401, 403].includes(response.status))
    return [onlineProblem(subject, "rejected", "the registry does not accept it: it was revoked or has expired")];
  return [onlineProblem(subject, "unverified", `the registry answered ${response.status} to it`)];
};

/**
 * Checks that this workflow is a trusted publisher (docs, "Trusted publishing for npm packages"): the packages exist,
 * and the registry exchanges an identity token of this job for one that may publish them. Without a package name the
 * registry cannot be asked.
 */
export const tryNpmOidc: OnlineCheck = async ({ expectation }, { npm }) => {
  const { package: names = "", publish, environment } = expectation.options;
  const route = publish === "direct" || publish === "stage" ? publish : "auto";
  const packages = names.split(",").filter((name) => name !== "");
  return await checkTrustedPublisher(expectation.name, { packages, publish: route, environment }, npm);
};

function trimmed(registry: string): string {
  return registry.replace(/\/+$/, "");
}
