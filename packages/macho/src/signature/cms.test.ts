import { createHash, generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { Asn1Error } from "../certificate/asn1.ts";
import { context, generalizedTime, integer, octets, oid, sequence, set, utcTime } from "../testing/der.ts";
import {
  type CmsOptions,
  DATA,
  type Identity,
  issue,
  SIGNED_DATA,
  SIGNED_ON,
  signCms,
  timestampAttribute,
} from "../testing/identity.ts";
import { readCms } from "./cms.ts";

const CONTENT = Buffer.from("stands for a CodeDirectory");
const CDHASHES = "1.2.840.113635.100.9.1";
const DIGESTS = "1.2.840.113635.100.9.2";
const SIGNING_TIME = "1.2.840.113549.1.9.5";
const SHA256 = "2.16.840.1.101.3.4.2.1";

let identity: Identity;
let authority: Identity;
let stamps: Identity;

beforeAll(async () => {
  authority = await issue({ subject: { CN: "Authority" } });
  identity = await issue({ subject: { CN: "Signer" }, issuer: authority });
  stamps = await issue({ subject: { CN: "Timestamps" } });
});

const signerOf = async (options: Partial<CmsOptions> = {}, content: Uint8Array = CONTENT) => {
  const { signers } = await readCms(signCms(CONTENT, { identity, others: [authority], ...options }), content);
  const [signer, second] = signers;
  if (signer === undefined || second !== undefined) throw new Error("expected one signer");
  return signer;
};

const list = (...hashes: string[]): Buffer =>
  octets(
    Buffer.from(
      `<plist><dict><key>cdhashes</key><array>${hashes.map((one) => `<data>${one}</data>`).join("")}</array></dict></plist>`,
    ),
  );

describe("readCms", () => {
  test("reads the signed attributes that Apple's tools write", async () => {
    const signer = await signerOf({
      attributes: [
        [SIGNING_TIME, utcTime(SIGNED_ON)],
        [CDHASHES, list("AQI=", "Aw==")],
        [DIGESTS, sequence(oid(SHA256), octets(Buffer.of(0xab))), sequence(oid("1.2.3"), octets(Buffer.of(1)))],
      ],
    });
    expect(signer).toMatchObject({
      signingTime: SIGNED_ON,
      cdhashes: ["0102", "03"],
      directoryDigests: [
        { oid: SHA256, hex: "ab" },
        { oid: "1.2.3", hex: "01" },
      ],
      verifies: true,
      timestamp: undefined,
      faults: { cdhashes: undefined, timestamp: undefined },
    });
    expect(signer.certificate?.commonName).toBe("Signer");
  });

  test("leaves out missing attributes", async () => {
    expect(await signerOf()).toMatchObject({
      ...{ cdhashes: [], directoryDigests: [], signingTime: undefined, timestamp: undefined, verifies: true },
    });
  });

  test.each(["sha1", "sha256", "sha384", "sha512"] as const)("verifies %s", async (digest) => {
    expect(await signerOf({ digest })).toMatchObject({ verifies: true });
  });

  test("verifies a message that contains its content against the given content", async () => {
    expect([
      (await signerOf({ isAttached: true })).verifies,
      (await signerOf({ isAttached: true }, Buffer.from("other"))).verifies,
    ]).toEqual([true, false]);
  });

  test("does not verify other content, or without the signer's certificate, or with another one of the same name", async () => {
    expect((await signerOf({}, Buffer.from("other"))).verifies).toBe(false);
    expect(await signerOf({ withoutOwn: true })).toMatchObject({ verifies: false, certificate: undefined });
    const double = await issue({ subject: { CN: "Signer" }, issuer: authority });
    expect(await signerOf({ withoutOwn: true, others: [double] })).toMatchObject({ certificate: undefined });
    const forged = { ...identity, key: double.key };
    expect(await signerOf({ identity: forged })).toMatchObject({
      verifies: false,
      certificate: { commonName: "Signer" },
    });
  });

  test("does not verify with a certificate whose kind of key cannot make such a signature", async () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const other = await issue({ subject: { CN: "Signer" }, issuer: authority, publicKey });
    expect(await signerOf({ identity: other })).toMatchObject({
      verifies: false,
      certificate: { commonName: "Signer" },
    });
  });

  test("finds the signer's certificate by issuer and serial number among others", async () => {
    const { certificates, signers } = await readCms(
      signCms(CONTENT, { identity, withoutOwn: true, others: [stamps, authority, identity] }),
      CONTENT,
    );
    expect(certificates.map(({ commonName }) => commonName)).toEqual(["Timestamps", "Authority", "Signer"]);
    expect(signers[0]?.certificate?.commonName).toBe("Signer");
    const foreign = { ...stamps, serial: identity.serial };
    expect(await signerOf({ identity: foreign, withoutOwn: true, others: [identity] })).toMatchObject({
      certificate: undefined,
    });
  });

  test("leaves out an unreadable certificate that is not in the chain", async () => {
    const broken = { ...stamps, der: sequence(sequence()) };
    expect(await signerOf({ others: [broken] })).toMatchObject({ verifies: true });
    const attribute = { ...stamps, der: context(1) };
    expect(await signerOf({ others: [attribute] })).toMatchObject({ verifies: true });
  });

  test.each<[title: string, value: Buffer, fault: string]>([
    ["no property list", octets(Buffer.from("text")), "the cdhashes of the CMS signature is not well-formed"],
    ["a list of something else", octets(Buffer.from("<plist><true/></plist>")), "the CMS signature lists no cdhashes"],
    ["no cdhashes", octets(Buffer.from("<plist><dict/></plist>")), "the CMS signature lists no cdhashes"],
    [
      "a cdhash that is text",
      octets(Buffer.from("<plist><dict><key>cdhashes</key><array><string>x</string></array></dict></plist>")),
      "a cdhash of the CMS signature is not data",
    ],
  ])("reports why the list of cdhashes cannot be read: %s", async (_title, value, fault) => {
    const signer = await signerOf({ attributes: [[CDHASHES, value]] });
    expect(signer).toMatchObject({
      verifies: true,
      cdhashes: [],
      faults: { cdhashes: expect.stringContaining(fault) },
    });
  });

  const message = (...parts: Buffer[]): Buffer => sequence(oid(SIGNED_DATA), context(0, sequence(...parts)));
  const start = [integer(1), set(), sequence(oid(DATA))];
  const info = (...parts: Buffer[]): Buffer => message(...start, set(sequence(...parts)));

  test.each<[title: string, bytes: Uint8Array, message: string]>([
    ["nothing", Buffer.alloc(0), "the CMS signature cannot be read"],
    ["an empty message", sequence(), "the type of a CMS message is missing"],
    ["a message of another kind", sequence(oid("1.2.840.113549.1.7.3"), context(0)), "is not signed data"],
    ["no content", sequence(oid(SIGNED_DATA)), "the content of a CMS message is missing"],
    ["no SignedData", sequence(oid(SIGNED_DATA), context(0)), "SignedData is missing"],
    ["no content of SignedData", message(integer(1), set()), "the content of SignedData is missing"],
    ["no signers", message(...start), "SignedData has no signers"],
    ["no identifier", info(integer(1)), "the identifier of a signer is missing"],
    ["no digest algorithm", info(integer(1), sequence()), "a digest algorithm is missing"],
    ["an empty digest algorithm", info(integer(1), sequence(), sequence()), "a digest algorithm is missing"],
    ["no signature", info(integer(1), sequence(), sequence(oid(SHA256))), "a signer has no signature"],
    [
      "an attribute without a type",
      info(integer(1), sequence(), sequence(oid(SHA256)), context(0, sequence()), octets(Buffer.of(1))),
      "the type of an attribute is missing",
    ],
    [
      "an attribute without values",
      info(integer(1), sequence(), sequence(oid(SHA256)), context(0, sequence(oid(DATA))), octets(Buffer.of(1))),
      "the values of an attribute is missing",
    ],
  ])("refuses %s", async (_title, bytes, why) => {
    await expect(readCms(bytes, CONTENT)).rejects.toThrow(why);
    await expect(readCms(bytes, CONTENT)).rejects.toBeInstanceOf(Asn1Error);
  });

  test("reads but does not verify a signer without attributes, certificates or a known digest", async () => {
    const read = async (...parts: Buffer[]) => (await readCms(info(integer(1), ...parts), CONTENT)).signers;
    const unknown = { verifies: false, certificate: undefined };
    expect(await read(sequence(), sequence(oid(SHA256)), octets(Buffer.of(1)))).toMatchObject([unknown]);
    expect(await read(sequence(set()), sequence(oid("1.2.3")), octets(Buffer.of(1)))).toMatchObject([unknown]);
    expect((await readCms(message(...start, set()), CONTENT)).signers).toEqual([]);
  });
});

describe("a secure timestamp", () => {
  const stamped = (options: Parameters<typeof timestampAttribute>[2] = {}, of?: Uint8Array) =>
    signerOf({ unsigned: (signature) => [timestampAttribute(of ?? signature, stamps, options)] });

  test("gives the time of the signature, and its authority", async () => {
    const { timestamp, faults } = await stamped();
    expect(timestamp).toMatchObject({ time: SIGNED_ON, verifies: true, authority: { commonName: "Timestamps" } });
    expect([timestamp?.certificates.length, faults.timestamp]).toEqual([1, undefined]);
  });

  test.each(["sha1", "sha384", "sha512"] as const)("may be made with %s", async (digest) => {
    expect((await stamped({ digest })).timestamp?.verifies).toBe(true);
  });

  test("does not verify for another signature, with another key, or without its certificate", async () => {
    expect((await stamped({}, Buffer.from("another signature"))).timestamp?.verifies).toBe(false);
    const forged = { ...stamps, key: identity.key };
    const other = await signerOf({ unsigned: (signature) => [timestampAttribute(signature, forged)] });
    expect(other.timestamp).toMatchObject({ verifies: false, authority: { commonName: "Timestamps" } });
    expect((await stamped({ withoutOwn: true })).timestamp).toMatchObject({ verifies: false, authority: undefined });
  });

  const token = (...parts: Buffer[]): Partial<CmsOptions> => ({
    unsigned: () => [
      [
        "1.2.840.113549.1.9.16.2.14",
        signCms(sequence(...parts), { identity: stamps, contentType: "1.2.840.113549.1.9.16.1.4", isAttached: true }),
      ],
    ],
  });
  const imprint = (digest: string, hash: Buffer): Buffer => sequence(sequence(oid(digest)), octets(hash));

  test("does not verify with an unknown digest, or without signers", async () => {
    const unknown = token(
      integer(1),
      oid("1.2"),
      imprint("1.2.3", Buffer.of(1)),
      integer(7),
      generalizedTime(SIGNED_ON),
    );
    expect((await signerOf(unknown)).timestamp).toMatchObject({ verifies: false, time: SIGNED_ON });
    const unsigned: Partial<CmsOptions> = {
      unsigned: (signature) => {
        const hash = createHash("sha256").update(signature).digest();
        const content = sequence(integer(1), oid("1.2"), imprint(SHA256, hash), integer(7), generalizedTime(SIGNED_ON));
        const encapsulated = sequence(oid("1.2.840.113549.1.9.16.1.4"), context(0, octets(content)));
        const signedData = sequence(integer(3), set(), encapsulated, set());
        return [["1.2.840.113549.1.9.16.2.14", sequence(oid(SIGNED_DATA), context(0, signedData))]];
      },
    };
    expect((await signerOf(unsigned)).timestamp).toMatchObject({ verifies: false, authority: undefined });
  });

  test("does not prevent reading the signature when its content is unreadable", async () => {
    const content = signCms(Buffer.from("no DER"), { identity: stamps, isAttached: true });
    const { verifies, faults } = await signerOf({ unsigned: () => [["1.2.840.113549.1.9.16.2.14", content]] });
    expect([verifies, faults.timestamp]).toEqual([true, expect.stringMatching(/^the content of the timestamp /)]);
  });

  test.each<[title: string, parts: Buffer[], fault: string]>([
    ["no content", [], "the message imprint of the timestamp is missing"],
    ["an empty imprint", [integer(1), oid("1.2"), sequence()], "an algorithm is missing"],
    ["no hash", [integer(1), oid("1.2"), sequence(sequence(oid(SHA256)))], "the hash of the timestamp is missing"],
    [
      "no time",
      [integer(1), oid("1.2"), imprint(SHA256, Buffer.of(1)), integer(7)],
      "the time of the timestamp is missing",
    ],
    [
      "another value in place of a time",
      [integer(1), oid("1.2"), imprint(SHA256, Buffer.of(1)), integer(7), integer(8)],
      "not a time",
    ],
  ])("does not prevent reading the signature when it has %s", async (_title, parts, fault) => {
    expect(await signerOf(token(...parts))).toMatchObject({
      ...{ verifies: true, timestamp: undefined, faults: { timestamp: expect.stringContaining(fault) } },
    });
  });
});
