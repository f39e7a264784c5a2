import { randomUUID } from "node:crypto";
import { Refusal } from "../http.ts";

/** What a user may do with a package. */
export type Right = "publish" | "stage" | "dist-tag";

/**
 * npm's kinds of tokens (npm docs, "npm stage", "Token Behavior"; GitHub changelog 2026-09-18): one that bypasses
 * two-factor authentication, one that does not, and one that may only stage. A `trusted` token is issued for an
 * identity: it is valid for one package, and may stage or publish as far as the trusted publisher allows.
 */
export type TokenKind = "bypass" | "plain" | "stage-only" | "read-only";

interface Credential {
  readonly kind: TokenKind | "trusted";
  /** The package and the rights of a token of kind `trusted`. */
  readonly package?: string;
  readonly rights?: readonly Right[];
}

/** The one-time password that this stand-in accepts. */
export const ONE_TIME_PASSWORD = "123456";

export interface Credentials {
  add(token: string, kind: TokenKind): void;
  /** Issues a token of kind `trusted` for an identity. */
  issue(name: string, rights: readonly Right[]): string;
  /** Checks that the token has the right. @throws Refusal as the registry answers. */
  require(authorization: string | undefined, right: Right, name: string, otp: string | undefined): void;
  /** Checks that the token belongs to a person: only people may list and read stages. @throws Refusal otherwise. */
  requirePerson(authorization: string | undefined): void;
  /** Checks a person's second factor. @throws Refusal without it. */
  requireOtp(authorization: string | undefined, otp: string | undefined): void;
  isKnown(authorization: string | undefined): boolean;
}

export function openCredentials(): Credentials {
  const known = new Map<string, Credential>();
  const find = (authorization: string | undefined): Credential => {
    const found = known.get(/^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "");
    if (found === undefined) throw new Refusal(401, { error: "unauthenticated" });
    return found;
  };
  const otpRequired = (): Refusal =>
    new Refusal(401, { error: "You must provide a one-time pass." }, { "www-authenticate": "OTP" });
  const person = (authorization: string | undefined): Credential => {
    const found = find(authorization);
    if (found.kind === "trusted") throw new Refusal(403, { error: "Forbidden" });
    return found;
  };
  return {
    add: (token, kind) => void known.set(token, { kind }),
    issue: (name, rights) => {
      const token = `npm_${randomUUID().replaceAll("-", "")}`;
      known.set(token, { kind: "trusted", package: name, rights });
      return token;
    },
    require: (authorization, right, name, otp) => {
      const found = find(authorization);
      if (found.kind === "trusted") {
        if (found.package !== name) throw new Refusal(404, { error: "Not found" });
        if (!found.rights?.includes(right)) throw new Refusal(403, { error: "OIDC permission denied for this action" });
        return;
      }
      if (found.kind === "read-only") throw new Refusal(404, { error: "Not found" });
      if (right === "stage") return;
      if (found.kind === "stage-only" && right === "publish") {
        throw new Refusal(403, {
          code: "E_STAGE_REQUIRED",
          error: "This token may only stage. Run npm stage publish, and have the version approved.",
        });
      }
      if (found.kind === "plain" && otp !== ONE_TIME_PASSWORD) throw otpRequired();
    },
    requirePerson: (authorization) => void person(authorization),
    requireOtp: (authorization, otp) => {
      person(authorization);
      if (otp !== ONE_TIME_PASSWORD) throw otpRequired();
    },
    isKnown: (authorization) => known.has(/^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? ""),
  };
}
