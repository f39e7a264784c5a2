import { createHash, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import forge from "node-forge";
import { openP12, type P12Problem } from "./open.ts";

const PASSWORD = "pass of a test";
const FROM = new Date("2026-01-02T03:04:05Z");
const UNTIL = new Date("2027-01-02T03:04:05Z");

type Certificate = forge.pki.Certificate;
type Key = forge.pki.rsa.PrivateKey;

function newKey(): Key {
  // Only the library's own generator is slow.
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" });
  return forge.pki.privateKeyFromPem(pem.toString());
}

function certificateOf(key: Key, fields: Readonly<Record<string, string>>): Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  certificate.serialNumber = "01";
  certificate.validity = { notBefore: FROM, notAfter: UNTIL };
  const subject = Object.entries(fields).map(([shortName, value]) => ({ shortName, value }));
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.sign(key, forge.md.sha256.create());
  return certificate;
}

function pack(
  key: Key | null,
  certificates: Certificate[],
  algorithm: "3des" | "aes256" = "aes256",
  password = PASSWORD,
): Buffer {
  // The types want a key, which the library does not.
  const file = forge.pkcs12.toPkcs12Asn1(key as Key, certificates, password, { algorithm, count: 10 });
  return Buffer.from(forge.asn1.toDer(file).getBytes(), "binary");
}

const [key, otherKey] = [newKey(), newKey()];
const leaf = certificateOf(key, { CN: "Developer ID Application: Acme (TEAM123456)", OU: "TEAM123456" });
const authority = certificateOf(otherKey, { CN: "Authority" });

describe("openP12", () => {
  test.each(["3des", "aes256"] as const)("finds the key's own certificate among others (%s)", async (algorithm) => {
    const found = await openP12(pack(key, [authority, leaf], algorithm), PASSWORD);
    const der = Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(leaf)).getBytes(), "binary");
    expect(found).toMatchObject({
      commonName: "Developer ID Application: Acme (TEAM123456)",
      team: "TEAM123456",
      notBefore: FROM,
      notAfter: UNTIL,
      sha1: createHash("sha1").update(der).digest("hex"),
    });
    expect(Buffer.from(found.certificate).equals(der)).toBe(true);
  });

  test("takes an empty password, and a certificate without a team", async () => {
    const found = await openP12(pack(otherKey, [authority], "aes256", ""), "");
    expect([found.commonName, found.team]).toEqual(["Authority", undefined]);
  });

  test.each<[name: string, bytes: Uint8Array, password: string, problem: P12Problem]>([
    ["another password", pack(key, [leaf]), "s3cret", "wrong-password"],
    ["no password where there is one", pack(key, [leaf]), "", "wrong-password"],
    ["certificates alone", pack(null, [leaf]), PASSWORD, "no-key"],
    ["a key with somebody else's certificate", pack(key, [authority]), PASSWORD, "no-certificate"],
    ["nothing", Buffer.alloc(0), PASSWORD, "malformed"],
    ["a text (F109)", Buffer.from("s3cret text"), PASSWORD, "malformed"],
    ["a certificate in place of the file", Buffer.from("3003020101", "hex"), PASSWORD, "malformed"],
    ["a file that was cut", pack(key, [leaf]).subarray(0, 500), PASSWORD, "malformed"],
  ])("refuses %s, and shows nothing of it", async (_name, bytes, password, problem) => {
    const failing = openP12(bytes, password);
    await expect(failing).rejects.toMatchObject({ name: "P12Error", problem });
    await expect(failing).rejects.not.toThrow("s3cret");
  });
});
