import { describe, expect, test } from "@jest/globals";
import { parseAttestation, verificationStatement } from "./attestation.ts";

const HEX = "a".repeat(64);
const statement = { _type: "https://in-toto.io/Statement/v1", subject: [{ name: "app", digest: { sha256: HEX } }] };
const payload = Buffer.from(JSON.stringify(statement)).toString("base64");
const bundle = {
  mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
  dsseEnvelope: { payload, signatures: [] },
};

describe("parseAttestation", () => {
  test.each<[string, string]>([
    ["a statement", JSON.stringify(statement)],
    ["a Sigstore bundle", JSON.stringify(bundle, undefined, 2)],
    ["bundles one a line, as gh downloads them", `${JSON.stringify(bundle)}\n${JSON.stringify(bundle)}\n`],
    ["GitHub's answer", JSON.stringify([{ bundle }])],
  ])("reads the subjects of %s", (_name, text) => {
    expect(parseAttestation(text, "a.json")?.[0]).toMatchObject({ path: "app", hex: HEX, algorithms: ["sha256"] });
  });

  test("is undefined for other JSON, and refuses an attestation of nothing", () => {
    expect(parseAttestation('{"format":"build-manifest"}', "m.json")).toBeUndefined();
    expect(parseAttestation("not json", "x")).toBeUndefined();
    expect(() => parseAttestation(JSON.stringify({ ...statement, subject: [] }), "a.json")).toThrow(/without subjects/);
  });
});

describe("verificationStatement", () => {
  test.each([
    ["equal", "PASSED", ["REPRODUCED"]],
    ["content", "FAILED", []],
  ] as const)("says of builds that are %s: %s", (kind, verificationResult, verifiedLevels) => {
    const files = new Map([["app", { kind: "file", digests: { sha256: HEX } } as const]]);
    const build = { name: "one", files, context: new Map(), isPartial: false, open: async () => undefined };
    const verdict = {
      path: "app",
      kind,
      agreements: [],
      hasMajority: true,
      severity: "error",
      reason: undefined,
    } as const;
    const facts = { verifier: "https://v", resource: "git+https://r@c", time: new Date(0) };
    const said = verificationStatement({ builds: [build], contexts: [], verdicts: [verdict], explanations: [] }, facts);
    expect(said).toMatchObject({
      subject: [{ name: "app", digest: { sha256: HEX } }],
      predicate: { verificationResult, verifiedLevels },
    });
  });
});
