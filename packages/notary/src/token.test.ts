import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { parseApiKey } from "./api-key.ts";
import { TokenSource } from "./token.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const ISSUER = "57246542-96fe-1a63-e053-0824d011072a";
const START_MS = 1_700_000_000_000;

const parts = (token: string): unknown[] =>
  token
    .split(".")
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));

describe("TokenSource", () => {
  test("creates a token for App Store Connect, signed with the key", () => {
    const token = new TokenSource(parseApiKey(pem, "ABCD123456", ISSUER), () => START_MS).get();
    expect(parts(token)).toEqual([
      { alg: "ES256", kid: "ABCD123456", typ: "JWT" },
      { iss: ISSUER, iat: 1_700_000_000, exp: 1_700_000_900, aud: "appstoreconnect-v1" },
    ]);
    const [signed, signature = ""] = token.split(/\.(?=[^.]*$)/);
    const key = { key: createPublicKey(pem), dsaEncoding: "ieee-p1363" } as const;
    expect(verify("sha256", Buffer.from(signed ?? ""), key, Buffer.from(signature, "base64url"))).toBe(true);
  });

  test("names the user, and no issuer, for an individual's key", () => {
    const token = new TokenSource(parseApiKey(pem, "ABCD123456", undefined), () => START_MS).get();
    expect(parts(token)[1]).toEqual(expect.objectContaining({ sub: "user" }));
    expect(parts(token)[1]).not.toHaveProperty("iss");
  });

  test("keeps a token until three minutes before it expires", () => {
    let now = START_MS;
    const tokens = new TokenSource(parseApiKey(pem, "ABCD123456", ISSUER), () => now);
    const first = tokens.get();
    now += 11 * 60_000;
    expect(tokens.get()).toBe(first);
    now += 60_000;
    expect(parts(tokens.get())[1]).toEqual(expect.objectContaining({ exp: 1_700_000_000 + 12 * 60 + 900 }));
  });
});

describe("parseApiKey", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
  const other = generateKeyPairSync("ec", { namedCurve: "P-384" })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();

  test.each([
    ["PEM", pem],
    ["PEM in base64", Buffer.from(pem).toString("base64")],
    ["PEM whose line breaks were escaped", pem.replaceAll("\n", "\\n")],
  ])("reads %s", (_title, text) => {
    expect(parseApiKey(text, "ABCD123456", ISSUER).privateKey.asymmetricKeyDetails).toEqual({
      namedCurve: "prime256v1",
    });
  });

  test.each([
    ["nothing", "", /neither PEM text nor the base64 of a key/],
    ["a password", "hunter2-hunter2", /neither PEM text/],
    ["a truncated PEM (F109)", pem.slice(0, 100), /cannot be read/],
    ["a public key", createPublicKey(pem).export({ type: "spki", format: "pem" }).toString(), /cannot be read/],
    ["an RSA key", rsa, /of the kind rsa/],
    ["a key on another curve", other, /of the kind ec secp384r1: expected EC on P-256/],
  ])("refuses %s without quoting it", (_title, text, message) => {
    const parse = (): unknown => parseApiKey(text, "ABCD123456", ISSUER);
    expect(parse).toThrow(message);
    const secret = text.replace(/-----[^-]+-----|\s/g, "").slice(0, 12);
    if (secret !== "") expect(parse).not.toThrow(new RegExp(secret.replace(/[+/]/g, "\\$&")));
  });

  test.each([
    ["a key id", "abc", ISSUER, /the key id is malformed: it has 3 characters/],
    ["an issuer", "ABCD123456", "me", /issuer is malformed: expected a UUID/],
  ])("refuses an invalid value for %s", (_title, keyId, issuer, message) => {
    expect(() => parseApiKey(pem, keyId, issuer)).toThrow(message);
  });
});
