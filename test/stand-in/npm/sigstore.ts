import { createPublicKey, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { openssl } from "../apple/identity.ts";
import { closeServer, listen, originOf } from "../http.ts";
import { readIdentity } from "./identity-token.ts";

/**
 * Sigstore's certificate authority and log for npm, at their public addresses behind the proxy that `env` names, with
 * the stand-in's own certificates. Written from the documentation of Fulcio's and Rekor's APIs.
 */
export interface Sigstore {
  /** The variables with which npm reaches the stand-in. */
  readonly env: Readonly<Record<string, string>>;
  /** The entries of the log. */
  readonly entries: unknown[];
  close(): Promise<void>;
}

const HOSTS = ["fulcio.sigstore.dev", "rekor.sigstore.dev"];

/** @param issuer the issuer whose identity tokens are accepted. */
export async function startSigstore(issuer: string): Promise<Sigstore> {
  const folder = mkdtempSync(path.join(tmpdir(), "sigstore-"));
  const names = `-addext subjectAltName=${HOSTS.map((host) => `DNS:${host}`).join(",")}`;
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout tls.key";
  await openssl(folder, `req -x509 ${key} ${names} -days 2 -out tls.pem`, ["-subj", "/CN=Sigstore stand-in"]);
  const file = (name: string): string => path.join(folder, name);
  const entries: unknown[] = [];

  const certify = async (body: Buffer): Promise<unknown> => {
    const { credentials, publicKeyRequest } = JSON.parse(body.toString("utf8"));
    const claims = await readIdentity(String(credentials.oidcIdentityToken), issuer, "sigstore");
    const publicKey = createPublicKey(String(publicKeyRequest.publicKey.content));
    const proof = Buffer.from(String(publicKeyRequest.proofOfPossession), "base64");
    if (!verify("sha256", Buffer.from(String(claims["sub"])), publicKey, proof))
      throw new Error("no proof of possession");
    writeFileSync(file("public.pem"), publicKey.export({ type: "spki", format: "pem" }));
    const signer = "-CA tls.pem -CAkey tls.key";
    await openssl(folder, `x509 -new -force_pubkey public.pem -subj /CN=signer -days 1 ${signer} -out leaf.pem`);
    const certificates = ["leaf.pem", "tls.pem"].map((name) => readFileSync(file(name), "utf8"));
    return { signedCertificateEmbeddedSct: { chain: { certificates } } };
  };
  const log = (body: Buffer): unknown => {
    entries.push(JSON.parse(body.toString("utf8")));
    const logIndex = entries.length - 1;
    const proof = { logIndex, treeSize: logIndex + 1, rootHash: "00", hashes: [], checkpoint: "stand-in" };
    const entry = {
      ...{
        body: body.toString("base64"),
        integratedTime: Math.floor(Date.now() / 1000),
        logID: "00".repeat(32),
        logIndex,
      },
      verification: { inclusionProof: proof, signedEntryTimestamp: "c3RhbmQtaW4=" },
    };
    return { [`${logIndex}`.padStart(64, "0")]: entry };
  };
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(message);
    const route = `${message.headers.host} ${message.method} ${message.url}`;
    try {
      if (route === `${HOSTS[0]} POST /api/v2/signingCert`) send(response, 200, await certify(body));
      else if (route === `${HOSTS[1]} POST /api/v1/log/entries`) send(response, 201, log(body));
      else send(response, 404, { message: `no ${route}` });
    } catch (error) {
      send(response, 400, { message: String(error) });
    }
  };
  const services = createTlsServer(
    { key: readFileSync(file("tls.key")), cert: readFileSync(file("tls.pem")) },
    (message, response) => void answer(message, response),
  );
  await listen(services);
  const proxy = createServer((_message, response) => void response.writeHead(403).end());
  proxy.on("connect", (message: IncomingMessage, socket) => {
    if (!HOSTS.some((host) => message.url === `${host}:443`)) return void socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const inner = connect(Number(new URL(originOf(services)).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      inner.pipe(socket).pipe(inner);
    });
    inner.on("error", () => socket.destroy());
    socket.on("error", () => inner.destroy());
  });
  await listen(proxy);
  return {
    env: { HTTPS_PROXY: originOf(proxy), NO_PROXY: "127.0.0.1", NODE_EXTRA_CA_CERTS: file("tls.pem") },
    entries,
    close: async () => {
      await Promise.all([closeServer(proxy), closeServer(services)]);
      rmSync(folder, { recursive: true });
    },
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
