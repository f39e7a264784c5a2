import { createPublicKey, verify } from "node:crypto";

/** Checks an identity token as a service that trusts its issuer does, and returns its claims. */
export async function readIdentity(token: string, issuer: string, audience: string): Promise<Record<string, unknown>> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const { keys }: { keys?: object[] } = Object(await (await fetch(`${issuer}/.well-known/jwks`)).json());
  const key = createPublicKey({ format: "jwk", key: { ...keys?.[0] } });
  const isSigned = verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"));
  const claims: Record<string, unknown> = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  if (!isSigned) throw new Error("the token is not signed by its issuer");
  if (claims["aud"] !== audience) throw new Error(`the token is for ${claims["aud"]}, not for ${audience}`);
  if (Number(claims["exp"]) * 1000 < Date.now()) throw new Error("the token has expired");
  return claims;
}
