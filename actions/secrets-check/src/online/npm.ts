import { unknown } from "../kinds/kind.ts";
import { isNpmsOwn } from "../kinds/tokens.ts";
import { checkTrustedPublisher } from "../npm-publishing.ts";
import { ask, type OnlineCheck, refusal } from "./ask.ts";

/** Checks that the registry accepts the token, by asking for its owner. */
export const tryNpmToken: OnlineCheck = async (subject, services) => {
  const { registry } = subject.expectation.options;
  const elsewhere = "it is a token of another registry: name that registry with registry=https://... to test it there";
  // Do not send a token of another registry to npm's.
  if (registry === undefined && !isNpmsOwn(subject.value)) return unknown(subject, elsewhere);
  const headers = { authorization: `Bearer ${subject.value}` };
  const address = (registry ?? services.npm.registry).replace(/\/+$/, "");
  const response = await ask(services, `${address}/-/whoami`, { headers });
  await response.body?.cancel();
  const rejected = "the registry does not accept it: it was revoked or has expired";
  return refusal(subject, response, "the registry", rejected, [401, 403]);
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
