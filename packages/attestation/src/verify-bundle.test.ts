import { createHash, generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bundleToJSON } from "@sigstore/bundle";
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, rekorHandler } from "@sigstore/mock";
import { DSSEBundleBuilder, FulcioSigner, RekorWitness } from "@sigstore/sign";
import { parseTrustedRoots, type TrustedRoots } from "./trusted-roots.ts";
import { verifyBundle } from "./verify-bundle.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const WORKFLOW = "acme/product/.github/workflows/docker-attest.yml";
const IDENTITY = `https://github.com/${WORKFLOW}@refs/heads/main`;
const ISSUER = "https://token.actions.githubusercontent.com";
const policy = { digest: DIGEST, signer: WORKFLOW, serverUrl: "https://github.com" };

/** A certificate authority, a certificate log and a transparency log, served on the loopback address. */
class Sigstore {
  readonly roots: TrustedRoots;
  readonly #url: string;
  readonly #server: Server;

  private constructor(url: string, server: Server, roots: TrustedRoots) {
    this.#url = url;
    this.#server = server;
    this.roots = roots;
  }

  /** @param clock the time that its parts believe it is; the certificates are valid from an hour ago on. */
  static async start(logClock?: Date): Promise<Sigstore> {
    const pair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
    const ctlog = await initializeCTLog(pair());
    const ca = await initializeCA(pair(), ctlog);
    const logPair = pair();
    const tlog = await initializeTLog("https://rekor.test", logPair, logClock);
    const handlers = [fulcioHandler(ca, { subjectClaim: "sub", strict: true }), rekorHandler(tlog, { strict: true })];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on("data", (chunk) => chunks.push(chunk))
        .on("end", async () => {
          const handler = handlers.find(({ path }) => path === request.url);
          const answer = await handler?.fn(Buffer.concat(chunks).toString());
          response.writeHead(answer?.statusCode ?? 404, { "content-type": answer?.contentType ?? "text/plain" });
          response.end(answer?.response);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // Of a listening TCP server.
    const start = new Date(0).toISOString();
    const key = (bytes: Uint8Array) => ({
      rawBytes: Buffer.from(bytes).toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor: { start },
    });
    const log = (bytes: Uint8Array) => ({
      baseUrl: "https://rekor.test",
      hashAlgorithm: "SHA2_256",
      publicKey: key(bytes),
      logId: { keyId: createHash("sha256").update(bytes).digest("base64") },
    });
    const root = {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [log(logPair.publicKey.export({ type: "spki", format: "der" }))],
      ctlogs: [log(ctlog.publicKey)],
      certificateAuthorities: [
        {
          subject: { organization: "test", commonName: "test" },
          uri: "https://fulcio.test",
          certChain: { certificates: [{ rawBytes: Buffer.from(ca.rootCertificate.buffer).toString("base64") }] },
          validFor: { start },
        },
      ],
      timestampAuthorities: [],
    };
    return new Sigstore(`http://127.0.0.1:${port}`, server, parseTrustedRoots(JSON.stringify(root)));
  }

  /** A bundle over a statement about the digest, as its JSON. */
  async attest({
    sub = IDENTITY,
    iss = ISSUER,
    digest = DIGEST,
    isLogged = true,
  } = {}): Promise<Record<string, unknown>> {
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${encode({ alg: "none" })}.${encode({ sub, iss })}.x`;
    const options = { retry: 0, timeout: 5000 };
    const signer = new FulcioSigner({
      ...{ fulcioBaseURL: this.#url, identityProvider: { getToken: async () => token } },
      ...options,
    });
    const witnesses = isLogged ? [new RekorWitness({ rekorBaseURL: this.#url, entryType: "intoto", ...options })] : [];
    const [algorithm = "", hex = ""] = digest.split(":");
    const statement = {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "image", digest: { [algorithm]: hex } }],
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {},
    };
    const builder = new DSSEBundleBuilder({ signer, witnesses });
    const data = Buffer.from(JSON.stringify(statement));
    return { ...(bundleToJSON(await builder.create({ data, type: "application/vnd.in-toto+json" })) as object) };
  }

  close(): void {
    this.#server.close();
  }
}

describe("verifyBundle", () => {
  let sigstore: Sigstore;
  beforeAll(async () => {
    sigstore = await Sigstore.start();
  });
  afterAll(() => sigstore.close());

  test("takes an attestation of the digest by the workflow, of the repository, and at a ref", async () => {
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
    ["without an entry in the log", { isLogged: false }, /expected 1 (timestamps|tlog entries), got 0/],
  ])("refuses an attestation %s", async (_title, options, message) => {
    const bundle = await sigstore.attest(options);
    expect(() => verifyBundle(bundle, sigstore.roots, policy)).toThrow(message);
  });

  test("refuses a repository whose name only begins alike", async () => {
    const bundle = await sigstore.attest({ sub: IDENTITY.replace("acme/product", "acme/product-fork") });
    expect(() => verifyBundle(bundle, sigstore.roots, { ...policy, signer: "acme/product" })).toThrow(/does not hold/);
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

  test("refuses what another Sigstore signed, and a payload that was changed", async () => {
    const other = await Sigstore.start();
    try {
      const bundle = await other.attest();
      expect(() => verifyBundle(bundle, sigstore.roots, policy)).toThrow(/does not hold/);
    } finally {
      other.close();
    }
    const bundle = await sigstore.attest({ digest: `sha256:${"b".repeat(64)}` });
    const envelope = bundle["dsseEnvelope"] as { payload: string }; // As `bundleToJSON` writes it.
    const payload = Buffer.from(envelope.payload, "base64").toString().replace(/b{64}/, "a".repeat(64));
    const changed = { ...bundle, dsseEnvelope: { ...envelope, payload: Buffer.from(payload).toString("base64") } };
    expect(() => verifyBundle(changed, sigstore.roots, policy)).toThrow(/does not hold/);
  });
});
