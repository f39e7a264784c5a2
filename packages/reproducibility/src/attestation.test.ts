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
    ["bundles in lines, as gh downloads them", `${JSON.stringify(bundle)}\n${JSON.stringify(bundle)}\n`],
    ["a list of bundles", JSON.stringify([{ bundle }])],
    ["GitHub's REST API", JSON.stringify({ attestations: [{ bundle, repository_id: 1, bundle_url: "" }] })],
    ["`gh attestation verify`", JSON.stringify([{ attestation: { bundle }, verificationResult: { statement } }])],
    [
      "a statement with a path",
      JSON.stringify({ ...statement, subject: [{ ...statement.subject[0], name: "./app" }] }),
    ],
  ])("reads the subjects of %s", (_name, text) => {
    expect(parseAttestation(text, "a.json")?.[0]).toMatchObject({ path: "app", hex: HEX, algorithms: ["sha256"] });
  });

  test.each([
    ["pkg:npm/%40scope/name@1.2.3", "scope-name-1.2.3.tgz"],
    ["pkg:npm/@scope/name@1.2.3-rc.1", "scope-name-1.2.3-rc.1.tgz"],
    ["pkg:npm/name@1.2.3%2Bbuild", "name-1.2.3+build.tgz"],
    ["pkg:oci/name@sha256:aa", "pkg:oci/name@sha256:aa"],
  ])("reads %s in npm's provenance as the file %s", (name, file) => {
    const subject = [{ name, digest: { sha512: `${HEX}${HEX}` } }];
    expect(parseAttestation(JSON.stringify({ ...statement, subject }), "a.json")).toMatchObject([
      { path: file, algorithms: ["sha512"] },
    ]);
  });

  test("is undefined for other JSON, and refuses an attestation without subjects", () => {
    expect(parseAttestation('{"format":"build-manifest"}', "m.json")).toBeUndefined();
    expect(parseAttestation("not json", "x")).toBeUndefined();
    expect(() => parseAttestation(JSON.stringify({ ...statement, subject: [] }), "a.json")).toThrow(/without subjects/);
  });

  test("refuses an invalid digest, and two digests of one file", () => {
    const of = (sha256: unknown): object => ({ ...statement, subject: [{ name: "app", digest: { sha256 } }] });
    expect(() => parseAttestation(JSON.stringify(of("abc")), "a.json")).toThrow(
      /"abc" as the sha256 of app, expected 64/,
    );
    expect(() => parseAttestation(JSON.stringify(of(null)), "a.json")).toThrow(/"null" as the sha256 of app/);
    const two = `${JSON.stringify(of(HEX))}\n${JSON.stringify(of("b".repeat(64)))}`;
    expect(() => parseAttestation(two, "a.json")).toThrow(/two digests of app/);
  });
});

describe("verificationStatement", () => {
  test.each([
    ["equal", "PASSED", ["REPRODUCED"]],
    ["content", "FAILED", ["FAILED"]],
  ] as const)("describes %s builds as %s", (kind, verificationResult, verifiedLevels) => {
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

  test("does not name a file that may differ, since it was not reproduced", () => {
    const file = { kind: "file", digests: { sha256: HEX } } as const;
    const files = new Map([["app", file]]).set("log", file);
    const build = { name: "one", files, context: new Map(), isPartial: false, open: async () => undefined };
    const common = { agreements: [], hasMajority: true, reason: undefined } as const;
    const verdicts = [
      { ...common, path: "app", kind: "equal", severity: "error" },
      { ...common, path: "log", kind: "content", severity: "ignored" },
    ] as const;
    const facts = { verifier: "https://v", resource: "git+https://r@c", time: new Date(0) };
    const said = verificationStatement({ builds: [build], contexts: [], verdicts, explanations: [] }, facts);
    expect(said).toMatchObject({ subject: [{ name: "app" }], predicate: { verificationResult: "PASSED" } });
    expect(said).not.toMatchObject({ subject: [{}, {}] });
  });
});
