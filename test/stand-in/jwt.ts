import { createHmac, createSign, type KeyObject, timingSafeEqual } from "node:crypto";

export type Claims = Readonly<Record<string, unknown>>;

/** A token that only its issuer can check, like the runner's ACTIONS_RUNTIME_TOKEN. */
export function signHs256(claims: Claims, secret: string): string {
  const head = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${head}.${createHmac("sha256", secret).update(head).digest("base64url")}`;
}

/** A token that everybody can check with the published key, like an OIDC token. */
export function signRs256(claims: Claims, key: KeyObject, keyId: string): string {
  const head = `${encode({ alg: "RS256", typ: "JWT", kid: keyId })}.${encode(claims)}`;
  return `${head}.${createSign("RSA-SHA256").update(head).sign(key, "base64url")}`;
}

/** The claims of a token that we signed and that has not expired; undefined for anything else. */
export function verifyHs256(token: string, secret: string): Claims | undefined {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const expected = createHmac("sha256", secret).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  // The signature proves that these are claims we encoded ourselves.
  const checked = claims as Claims;
  return Number(checked["exp"]) * 1000 > Date.now() ? checked : undefined;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
