import { randomBytes, scryptSync } from "node:crypto";
import { expect, test } from "@jest/globals";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { checkSecrets } from "../check-secrets.ts";
import { readExpectations } from "../expectation.ts";

/** Encrypts a key as `cosign generate-key-pair` does, with a lower scrypt cost. */
function sealedKey(password: string, label = "ENCRYPTED SIGSTORE PRIVATE KEY"): string {
  const params = { N: 1024, r: 8, p: 1 };
  const [salt, nonce] = [randomBytes(32), randomBytes(24)];
  const ciphertext = xsalsa20poly1305(scryptSync(password, salt, 32, params), nonce).encrypt(randomBytes(138));
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
  const sealed = {
    kdf: { name: "scrypt", params, salt: text(salt) },
    cipher: { name: "nacl/secretbox", nonce: text(nonce) },
    ciphertext: text(ciphertext),
  };
  const lines = text(Buffer.from(JSON.stringify(sealed))).replace(/.{64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

async function problems(env: Record<string, string>): Promise<string[]> {
  const expectations = readExpectations(["K: cosign-key password=P"]);
  const findings = await checkSecrets(expectations, {
    env,
    now: new Date(),
    expiresWithinDays: 30,
    services: undefined,
  });
  return findings.map(({ problem }) => problem);
}

test("decrypts a cosign key only with its password", async () => {
  const key = sealedKey("right");
  expect(await problems({ K: key, P: "right" })).toEqual([]);
  expect(await problems({ K: key, P: "wrong" })).toEqual(["wrong-password"]);
  expect(await problems({ K: sealedKey("old", "ENCRYPTED COSIGN PRIVATE KEY"), P: "old" })).toEqual([]);
  expect(await problems({ K: key.slice(0, 200), P: "right" })).toEqual(["malformed"]);
});
