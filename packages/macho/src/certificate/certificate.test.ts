import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { context, der, integer, oid, sequence, set, utcTime, utf8 } from "../testing/der.ts";
import { DEVELOPER_ID_APPLICATION, issue } from "../testing/identity.ts";
import { Asn1Error, parseAsn1 } from "./asn1.ts";
import { isIssuedBy, parseCertificate, readOid } from "./certificate.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("parseCertificate", () => {
  test("reads the fields that matter for signed code", async () => {
    const root = await issue({ subject: { C: "US", O: "Example Inc.", CN: "Example Root" } });
    const leaf = await issue({
      subject: { C: "DE", S: "Land", L: "City", O: "Café", OU: "TEAMID1234", CN: "Developer ID Application: Café" },
      issuer: root,
      extensions: ["2.5.29.15", DEVELOPER_ID_APPLICATION],
      notBefore: new Date("2026-01-02T03:04:05Z"),
      notAfter: new Date("2051-01-02T03:04:05Z"),
    });
    const { x509, issuerDer, ...certificate } = await parseCertificate(leaf.der);
    expect(certificate).toEqual({
      subject: "CN=Developer ID Application: Café, OU=TEAMID1234, O=Café, L=City, S=Land, C=DE",
      issuer: "CN=Example Root, O=Example Inc., C=US",
      commonName: "Developer ID Application: Café",
      organizationalUnit: "TEAMID1234",
      notBefore: new Date("2026-01-02T03:04:05Z"),
      notAfter: new Date("2051-01-02T03:04:05Z"),
      fingerprint: sha256(leaf.der),
      keyFingerprint: sha256(x509.publicKey.export({ type: "spki", format: "der" })),
      serial: leaf.serial.subarray(2).toString("hex"),
      extensions: ["2.5.29.15", DEVELOPER_ID_APPLICATION],
      selfIssued: false,
    });
    expect(Buffer.from(issuerDer).equals(root.name)).toBe(true);
  });

  test("reads a self-issued certificate without extensions or a common name", async () => {
    const { certificate } = await issue({ subject: { O: "Example" } });
    expect(certificate).toMatchObject({
      ...{ subject: "O=Example", issuer: "O=Example", selfIssued: true, extensions: [] },
      ...{ commonName: undefined, organizationalUnit: undefined },
    });
  });

  test("reads UTF-16 text, as in old certificates, and each of several names, and skips unknown parts", async () => {
    const wide = (text: string): Buffer => der(0x1e, Buffer.from(text, "utf16le").swap16());
    const name = sequence(
      set(sequence(oid("2.5.4.3"), wide("Näme"))),
      set(sequence(oid("2.5.4.3"), utf8("second")), sequence(oid("0.9.2342.19200300.100.1.1"), utf8("user"))),
    );
    const { certificate } = await issue({ subject: { CN: "x" }, name });
    expect(certificate).toMatchObject({ subject: "CN=Näme, CN=second", commonName: "Näme" });
  });

  test.each<[title: string, bytes: Uint8Array, message: RegExp]>([
    ["nothing", Buffer.alloc(0), /a certificate cannot be read/],
    ["an empty value", sequence(), /the body of a certificate is missing/],
    ["an empty body", sequence(sequence()), /the issuer of a certificate is missing/],
    ["no validity", sequence(sequence(integer(1), sequence(), sequence())), /the validity of a certificate is missing/],
    [
      "no subject",
      sequence(sequence(integer(1), sequence(), sequence(), sequence())),
      /the subject of a certificate is/,
    ],
    [
      "no key",
      sequence(sequence(context(0), integer(1), sequence(), sequence(), sequence(), sequence())),
      /the public key of a certificate is missing/,
    ],
    [
      "a validity without times",
      sequence(sequence(integer(1), sequence(), sequence(), sequence(), sequence(), sequence())),
      /the start of a certificate's validity is missing/,
    ],
    [
      "a validity without an end",
      sequence(
        sequence(integer(1), sequence(), sequence(), sequence(utcTime(new Date("2026-01-02"))), sequence(), sequence()),
      ),
      /the end of a certificate's validity is missing/,
    ],
  ])("refuses %s", async (_title, bytes, message) => {
    await expect(parseCertificate(bytes)).rejects.toThrow(message);
    await expect(parseCertificate(bytes)).rejects.toBeInstanceOf(Asn1Error);
  });
});

describe("isIssuedBy", () => {
  test("checks the signature and the name of the issuer", async () => {
    const root = await issue({ subject: { CN: "Root" } });
    const imitation = await issue({ subject: { CN: "Root" } });
    const renamed = { ...root.certificate, subject: "CN=Other" };
    const leaf = await issue({ subject: { CN: "Leaf" }, issuer: root });
    const issuers = [root.certificate, imitation.certificate, renamed, leaf.certificate];
    expect(issuers.map((issuer) => isIssuedBy(leaf.certificate, issuer))).toEqual([true, false, false, false]);
    expect(isIssuedBy(root.certificate, root.certificate)).toBe(true);
  });
});

test("refuses a value that is not a valid object identifier", async () => {
  expect(readOid(await parseAsn1(oid("1.2.840.113635.100.6.1.13"), "x"))).toBe(DEVELOPER_ID_APPLICATION);
  for (const bytes of [integer(5), der(0x06), der(0x86, Buffer.of(0x55))]) {
    const node = await parseAsn1(bytes, "x").catch((error: unknown) => error);
    if (node instanceof Error) continue; // The parser has already refused it.
    expect(() => readOid(node as Parameters<typeof readOid>[0])).toThrow("an object identifier is malformed");
  }
});
