import { createHash, generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { bundleToJSON } from "@sigstore/bundle";
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, rekorHandler } from "@sigstore/mock";
import { DSSEBundleBuilder, FulcioSigner, RekorWitness } from "@sigstore/sign";
import { parseTrustedRoots, type TrustedRoots } from "../trusted-roots.ts";

export const DIGEST = `sha256:${"a".repeat(64)}`;
export const WORKFLOW = "acme/product/.github/workflows/docker-attest.yml";
export const IDENTITY = `https://github.com/${WORKFLOW}@refs/heads/main`;
const ISSUER = "https://token.actions.githubusercontent.com";

/** A certificate authority, a certificate log and a transparency log, served on the loopback address. */
export class Sigstore {
  /** The trusted root in the form that `gh attestation trusted-root` prints. */
  readonly trustedRoot: string;
  readonly roots: TrustedRoots;
  readonly #url: string;
  readonly #server: Server;

  private constructor(url: string, server: Server, trustedRoot: string) {
    this.#url = url;
    this.#server = server;
    this.trustedRoot = trustedRoot;
    this.roots = parseTrustedRoots(trustedRoot);
  }

  /** @param logClock the time that the transparency log uses; the certificates are valid from an hour ago on */
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
    return new Sigstore(`http://127.0.0.1:${port}`, server, JSON.stringify(root));
  }

  /** Signs a statement about the digest, and returns the bundle as JSON. */
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
      fulcioBaseURL: this.#url,
      identityProvider: { getToken: async () => token },
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
