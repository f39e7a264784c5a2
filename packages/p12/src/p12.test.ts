import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import forge from "node-forge";
import { decodeP12Text } from "./decode-text.ts";
import type { P12Problem } from "./error.ts";
import { openP12 } from "./open.ts";

const PASSWORD = "pass of a test";
const FROM = new Date("2026-01-02T03:04:05Z");
const UNTIL = new Date("2027-01-02T03:04:05Z");

type Certificate = forge.pki.Certificate;
type Key = forge.pki.rsa.PrivateKey;

function newKey(): Key {
  // Node's key generator is faster than the library's own.
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
  // The types require a key, although the library does not.
  const file = forge.pkcs12.toPkcs12Asn1(key as Key, certificates, password, { algorithm, count: 10 });
  return Buffer.from(forge.asn1.toDer(file).getBytes(), "binary");
}

const [key, otherKey] = [newKey(), newKey()];
const leaf = certificateOf(key, { CN: "Developer ID Application: Acme (TEAM123456)", OU: "TEAM123456" });
const authority = certificateOf(otherKey, { CN: "Authority" });

describe("openP12", () => {
  test.each(["3des", "aes256"] as const)("finds keys and certificates (%s)", async (algorithm) => {
    const { keys, certificates } = await openP12(pack(key, [authority, leaf], algorithm), PASSWORD);
    const der = Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(leaf)).getBytes(), "binary");
    expect(
      keys.map((bytes) => createPrivateKey({ key: Buffer.from(bytes), format: "der", type: "pkcs8" }).type),
    ).toEqual(["private"]);
    expect(certificates.some((bytes) => Buffer.from(bytes).equals(der))).toBe(true);
    expect(certificates.length).toBe(2);
  });

  test("accepts an empty password", async () => {
    expect((await openP12(pack(otherKey, [authority], "aes256", ""), "")).keys.length).toBe(1);
  });

  test.each<[name: string, bytes: Uint8Array, password: string, problem: P12Problem]>([
    ["a wrong password", pack(key, [leaf]), "s3cret", "wrong-password"],
    ["a missing password", pack(key, [leaf]), "", "wrong-password"],
    ["certificates without a key", pack(null, [leaf]), PASSWORD, "no-key"],
    ["nothing", Buffer.alloc(0), PASSWORD, "malformed"],
    ["a text", Buffer.from("s3cret text"), PASSWORD, "malformed"],
    ["a different ASN.1 structure", Buffer.from("3003020101", "hex"), PASSWORD, "malformed"],
    ["a truncated file", pack(key, [leaf]).subarray(0, 500), PASSWORD, "malformed"],
    ["a certificate", derOf(leaf), PASSWORD, "other-format"],
  ])("refuses %s, without showing any of it", async (_name, bytes, password, problem) => {
    const failing = openP12(bytes, password);
    await expect(failing).rejects.toMatchObject({ name: "P12Error", problem });
    await expect(failing).rejects.not.toThrow("s3cret");
  });
});

describe("decodeP12Text", () => {
  const bytes = pack(key, [leaf]);
  const base64 = bytes.toString("base64");
  test.each<[title: string, text: string]>([
    ["base64", base64],
    ["base64 with line breaks", `${base64.replaceAll(/.{64}/g, "$&\r\n")}\n`],
    ["base64 with `\\n` instead of line endings", base64.replaceAll(/.{64}/g, "$&\\n")],
    ["base64 without padding", base64.replace(/=+$/, "")],
    ["base64url", bytes.toString("base64url")],
    ["base64 in quotes", `"${base64}"`],
    ["a data: URL", `data:application/x-pkcs12;base64,${base64}`],
    ["PEM armour", `-----BEGIN PKCS12-----\n${base64}\n-----END PKCS12-----`],
    ["a byte order mark", `\uFEFF${base64}`],
  ])("accepts %s", (_title, text) => {
    expect(decodeP12Text(text).equals(bytes)).toBe(true);
  });

  test.each<[title: string, text: string, message: RegExp]>([
    ["a certificate in PEM", forge.pki.certificateToPem(leaf), /is a certificate in PEM, without its private key/],
    ["a key in PEM", forge.pki.privateKeyToPem(key), /is a private key in PEM, without its certificate/],
    [
      "key and certificate in PEM",
      forge.pki.privateKeyToPem(key) + forge.pki.certificateToPem(leaf),
      /a private key in PEM/,
    ],
    ["PKCS #7 in PEM", "-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----", /is a PKCS #7 file/],
    ["words", "no base64, s3cret", /is not base64/],
    ["a path", "certs/developer-id.p12", /is not base64/],
  ])("names %s in its error", (_title, text, message) => {
    expect(() => decodeP12Text(text)).toThrow(message);
    expect(() => decodeP12Text(text)).not.toThrow("s3cret");
  });
});

function derOf(certificate: Certificate): Buffer {
  return Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes(), "binary");
}
