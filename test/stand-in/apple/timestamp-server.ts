import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { startServer } from "../http.ts";
import { issue, openssl, selfSigned } from "./identity.ts";

export interface TimestampServer extends AsyncDisposable {
  readonly url: string;
  /** PEM file of the root certificate, which issued the certificate of the timestamps. */
  readonly authority: string;
}

const CONFIG = `[tsa]
default_tsa = tsa_config
[tsa_config]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
certs = tsa-root.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha1, sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
`;

/** An RFC 3161 server over HTTP, like timestamp.apple.com. `openssl ts` makes the answers. */
export async function startTimestampServer(folder: string): Promise<TimestampServer> {
  await mkdir(folder, { recursive: true });
  await selfSigned(folder, "tsa-root", "/O=Example Inc./CN=Example Timestamp Root");
  await issue(folder, {
    name: "tsa",
    subject: "/O=Example Inc./CN=Example Timestamp Signer",
    issuer: "tsa-root",
    extensions: ["extendedKeyUsage=critical,timeStamping"],
    days: 1000,
  });
  await writeFile(join(folder, "tsa.cnf"), CONFIG);
  await writeFile(join(folder, "serial"), "01");

  let turn = Promise.resolve();
  let count = 0;
  const server = await startServer((request, response) => {
    // The serial file serves one request at a time.
    turn = turn.then(async () => {
      count += 1;
      const query = await buffer(request);
      if (request.url?.endsWith("?stamp=another")) stampAnother(query);
      await writeFile(join(folder, `${count}.tsq`), query);
      const files = `-queryfile ${count}.tsq -out ${count}.tsr`;
      await openssl(folder, `ts -reply -config tsa.cnf -section tsa_config ${files}`);
      response.writeHead(200, { "content-type": "application/timestamp-reply" });
      response.end(await readFile(join(folder, `${count}.tsr`)));
    });
    turn = turn.catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  return {
    url: `${server.origin}/ts01`,
    authority: join(folder, "tsa-root.pem"),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Changes the hash in a query (its OCTET STRING of 32 bytes), so that the answer is for another signature. */
function stampAnother(query: Buffer): void {
  const at = query.indexOf(Buffer.from([0x04, 0x20])) + 2;
  query.writeUInt8(query.readUInt8(at) ^ 1, at);
}
