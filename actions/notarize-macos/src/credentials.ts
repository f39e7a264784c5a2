import type { InputValues } from "@release-actions/action-kit";
import { type ApiKey, type NotarytoolCredentials, parseApiKey } from "@release-actions/notary";
import { Fault } from "@release-actions/report";
import type { contract } from "./action.gen.ts";

type Inputs = InputValues<typeof contract>;

/** The REST API takes an API key only. */
export type Credentials =
  | { readonly backend: "api"; readonly key: ApiKey }
  | { readonly backend: "notarytool"; readonly login: NotarytoolCredentials };

/** Groups of inputs that go together, to report which of them are empty: a missing secret is an empty string. */
const API_KEY = ["api-key", "api-key-id"] as const;
const APPLE_ID = ["apple-id", "app-specific-password", "team-id"] as const;

/**
 * Chooses the credentials, before anything else happens.
 * @throws Fault naming the inputs that are empty or invalid, without quoting a secret
 */
export function readCredentials(inputs: Inputs): Credentials {
  const { backend, "api-key": apiKey, "api-key-id": keyId, "api-issuer": issuer } = inputs;
  if (apiKey !== undefined && (keyId !== undefined || apiKey.trimStart().startsWith("{"))) {
    const key = parseApiKey(apiKey, keyId, issuer);
    return backend === "notarytool" ? { backend, login: { kind: "api-key", key } } : { backend: "api", key };
  }
  const { "apple-id": appleId, "app-specific-password": password, "team-id": teamId } = inputs;
  if (backend !== "api" && appleId !== undefined && password !== undefined && teamId !== undefined) {
    return { backend: "notarytool", login: { kind: "apple-id", appleId, password, teamId } };
  }
  throw new Fault(`there are no complete credentials for Apple: ${describeMissing(inputs)}`, {
    advice:
      backend === "api"
        ? "The API takes an API key only. Check the names of the secrets: one that does not exist is an empty string."
        : "Give an API key, or an Apple ID. Check the names of the secrets: one that does not exist is an empty string.",
  });
}

function describeMissing(inputs: Inputs): string {
  const groups = inputs.backend === "api" ? [API_KEY] : [API_KEY, APPLE_ID];
  return groups
    .map((group) => {
      const empty = group.filter((name) => inputs[name] === undefined).map((name) => `\`${name}\``);
      return `${empty.join(" and ")} ${empty.length === 1 ? "is" : "are"} empty`;
    })
    .join("; ");
}
