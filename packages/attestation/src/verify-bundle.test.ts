import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { DIGEST, IDENTITY, Sigstore, WORKFLOW } from "./testing/sigstore.ts";
import { verifyBundle } from "./verify-bundle.ts";

const policy = { digest: DIGEST, signer: WORKFLOW, serverUrl: "https://github.com" };

describe("verifyBundle", () => {
  let sigstore: Sigstore;
  beforeAll(async () => {
    sigstore = await Sigstore.start();
  });
  afterAll(() => sigstore.close());

  test("accepts an attestation of the digest from the expected repository, workflow and ref", async () => {
    const bundle = await sigstore.attest();
    for (const signer of [WORKFLOW, "acme/product", `${WORKFLOW}@refs/heads/main`]) {
      expect(verifyBundle(bundle, sigstore.roots, { ...policy, signer })).toEqual({
        identity: IDENTITY,
        predicateType: "https://slsa.dev/provenance/v1",
      });
    }
  });

  test.each<[string, Parameters<Sigstore["attest"]>[0], RegExp]>([
    ["by another workflow", { sub: IDENTITY.replace("docker-attest", "other") }, /identity|SubjectAlternativeName/i],
    [
      "by another repository",
      { sub: IDENTITY.replace("acme/product", "acme/product2") },
      /identity|SubjectAlternativeName/i,
    ],
    ["by another issuer", { iss: "https://issuer.example" }, /issuer/],
    ["of another digest", { digest: `sha256:${"b".repeat(64)}` }, /is about sha256:b+, expected sha256:a+/],
    ["without an entry in the transparency log", { isLogged: false }, /expected 1 (timestamps|tlog entries), got 0/],
  ])("refuses an attestation %s", async (_title, options, message) => {
    const bundle = await sigstore.attest(options);
    expect(() => verifyBundle(bundle, sigstore.roots, policy)).toThrow(message);
  });

  test("refuses a repository whose name only starts with the expected name", async () => {
    const bundle = await sigstore.attest({ sub: IDENTITY.replace("acme/product", "acme/product-fork") });
    expect(() => verifyBundle(bundle, sigstore.roots, { ...policy, signer: "acme/product" })).toThrow(/is not valid/);
  });

  test("refuses a certificate that had expired when the log saw the signature", async () => {
    const late = await Sigstore.start(new Date(Date.now() + 365 * 86_400_000));
    try {
      const bundle = await late.attest();
      expect(() => verifyBundle(bundle, late.roots, policy)).toThrow(/certificate|expired/);
    } finally {
      late.close();
    }
  });

  test("refuses a signature from another Sigstore instance, and a changed payload", async () => {
    const other = await Sigstore.start();
    try {
      const bundle = await other.attest();
      expect(() => verifyBundle(bundle, sigstore.roots, policy)).toThrow(/is not valid/);
    } finally {
      other.close();
    }
    const bundle = await sigstore.attest({ digest: `sha256:${"b".repeat(64)}` });
    const envelope = bundle["dsseEnvelope"] as { payload: string }; // As `bundleToJSON` writes it.
    const payload = Buffer.from(envelope.payload, "base64").toString().replace(/b{64}/, "a".repeat(64));
    const changed = { ...bundle, dsseEnvelope: { ...envelope, payload: Buffer.from(payload).toString("base64") } };
    expect(() => verifyBundle(changed, sigstore.roots, policy)).toThrow(/is not valid/);
  });
});
