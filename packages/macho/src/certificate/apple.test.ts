import { beforeAll, describe, expect, test } from "@jest/globals";
import { DEVELOPER_ID_APPLICATION, DEVELOPER_ID_AUTHORITY, type Identity, issue } from "../testing/identity.ts";
import { developerIdFault, timestampAuthorityFault } from "./apple.ts";
import { APPLE_AUTHORITIES, type Authorities, withAuthorities } from "./authorities.ts";
import type { Certificate } from "./certificate.ts";

let root: Identity;
let authority: Identity;
let unmarked: Identity;
let leaf: Identity;

beforeAll(async () => {
  root = await issue({ subject: { CN: "Root" } });
  authority = await issue({ subject: { CN: "Authority" }, issuer: root, extensions: [DEVELOPER_ID_AUTHORITY] });
  unmarked = await issue({ subject: { O: "Unmarked" }, issuer: root });
  leaf = await issue({ subject: { CN: "Leaf" }, issuer: authority, extensions: [DEVELOPER_ID_APPLICATION] });
});

const NONE: Authorities = { developerId: new Set(), timestamps: new Set(), roots: new Set() };
const certificates = (...identities: Identity[]): Certificate[] => identities.map(({ certificate }) => certificate);
const faultOf = (of: Identity, others: Identity[], authorities?: Authorities | "any") =>
  developerIdFault(of.certificate, certificates(...others), authorities);

describe("developerIdFault", () => {
  test("accepts a certificate that a known Developer ID key issued, with or without the root certificate", () => {
    const known = { ...NONE, developerId: new Set([authority.certificate.keyFingerprint]) };
    expect([faultOf(leaf, [authority], known), faultOf(leaf, [root, authority], known)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("accepts a certificate whose authority has Apple's marker and is signed by Apple's root", () => {
    const known = { ...NONE, roots: new Set([root.certificate.fingerprint]) };
    expect(faultOf(leaf, [authority, root], known)).toBeUndefined();
    expect(faultOf(leaf, [authority], known)).toEqual({
      kind: "not-developer-id",
      message: '"Leaf" is issued by "Authority", which is not Apple\'s Developer ID authority',
    });
  });

  test("refuses another authority of the same root, since it issues other kinds of certificates", async () => {
    const other = await issue({ subject: { CN: "Leaf" }, issuer: unmarked, extensions: [DEVELOPER_ID_APPLICATION] });
    expect(faultOf(other, [unmarked, root], { ...NONE, roots: new Set([root.certificate.fingerprint]) })).toEqual({
      kind: "not-developer-id",
      message: '"Leaf" is issued by "O=Unmarked", which is not Apple\'s Developer ID authority',
    });
  });

  test("names the certificate at which the chain of an imitation ends", () => {
    expect(faultOf(leaf, [root, authority])?.message).toBe(
      '"Leaf" is issued by "Authority", whose chain ends in "Root", which is not Apple\'s Developer ID authority',
    );
  });

  test("reports a missing certificate of the issuer", async () => {
    const imitation = await issue({ subject: { CN: "Authority" }, issuer: root });
    const missing = {
      kind: "incomplete-chain",
      message: 'the certificate of "Leaf"\'s issuer (CN=Authority) is missing',
    };
    expect([faultOf(leaf, []), faultOf(leaf, [root, imitation])]).toEqual([missing, missing]);
  });

  test("reports a self-issued certificate, unless any issuer is allowed", async () => {
    const own = await issue({ subject: { CN: "Own" }, extensions: [DEVELOPER_ID_APPLICATION] });
    expect(faultOf(own, [])).toEqual({ kind: "not-developer-id", message: '"Own" is issued by itself, not by Apple' });
    expect([faultOf(own, [], "any"), faultOf(leaf, [], "any")]).toEqual([undefined, undefined]);
  });

  test.each([
    ["1.2.840.113635.100.6.1.14", "a Developer ID Installer certificate (for .pkg files)"],
    ["1.2.840.113635.100.6.1.7", "a Mac App Store distribution certificate"],
    ["1.2.840.113635.100.6.1.8", "a Mac App Store installer certificate"],
    ["1.2.840.113635.100.6.1.12", "a Mac Development certificate"],
    ["1.2.840.113635.100.6.1.2", "an Apple Development certificate"],
    ["1.2.840.113635.100.6.1.4", "an Apple Distribution certificate"],
    ["1.2.3", "not a Developer ID Application certificate"],
  ])("recognizes by the marker %s %s", async (marker, kind) => {
    const other = await issue({ subject: { O: "Other" }, issuer: authority, extensions: [marker] });
    for (const authorities of [undefined, "any"] as const) {
      expect(faultOf(other, [authority], authorities)).toEqual({
        kind: "not-developer-id",
        message: `"O=Other" is ${kind}`,
      });
    }
  });

  test("stops when certificates have issued each other", async () => {
    const first = await issue({ subject: { CN: "A" } });
    const second = await issue({ subject: { CN: "B" }, issuer: first });
    const circle = { ...first.certificate, selfIssued: false };
    const of = await issue({ subject: { CN: "C" }, issuer: second, extensions: [DEVELOPER_ID_APPLICATION] });
    expect(developerIdFault(of.certificate, [circle, second.certificate])?.message).toContain('is issued by "B"');
  });
});

describe("timestampAuthorityFault", () => {
  const fault = (signer: Identity, others: Identity[], authorities?: Authorities | "any") =>
    timestampAuthorityFault(signer.certificate, certificates(...others), authorities);

  test("accepts a signer below a known time-stamping key or Apple's root", () => {
    expect(
      fault(leaf, [authority, root], { ...NONE, timestamps: new Set([authority.certificate.keyFingerprint]) }),
    ).toBeUndefined();
    expect(
      fault(leaf, [authority, root], { ...NONE, timestamps: new Set([root.certificate.keyFingerprint]) }),
    ).toBeUndefined();
    expect(fault(leaf, [authority, root], { ...NONE, roots: new Set([root.certificate.fingerprint]) })).toBeUndefined();
    expect(fault(leaf, [], "any")).toBeUndefined();
  });

  test("names the signer and the highest authority whose signatures are valid", async () => {
    expect(fault(leaf, [authority, root])).toBe('"Leaf" of the authority "Root"');
    expect(fault(leaf, [])).toBe('"Leaf" of the authority "CN=Authority"');
    expect(fault(leaf, [root], { ...NONE, roots: new Set([root.certificate.fingerprint]) })).toContain("CN=Authority");
    expect(
      fault(leaf, [authority, root], { ...NONE, timestamps: new Set([leaf.certificate.keyFingerprint]) }),
    ).toContain("Root");
  });
});

test("withAuthorities adds authorities to Apple's", () => {
  const known = withAuthorities([authority.certificate]);
  const key = authority.certificate.keyFingerprint;
  expect([...known.developerId]).toEqual([...APPLE_AUTHORITIES.developerId, key]);
  expect([...known.timestamps]).toEqual([...APPLE_AUTHORITIES.timestamps, key]);
  expect(known.roots).toEqual(APPLE_AUTHORITIES.roots);
  expect(faultOf(leaf, [authority], known)).toBeUndefined();
});

test("APPLE_AUTHORITIES has the SHA-256 of Apple's authorities (apple.com/certificateauthority)", () => {
  const { developerId, timestamps, roots } = APPLE_AUTHORITIES;
  expect([developerId.size, timestamps.size, roots.size]).toEqual([2, 1, 3]);
  for (const hash of [...developerId, ...timestamps, ...roots]) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  // Apple Root CA, G2 and G3.
  expect([...roots].map((hash) => hash.slice(0, 8))).toEqual(["b0b1730e", "c2b9b042", "63343abf"]);
});
