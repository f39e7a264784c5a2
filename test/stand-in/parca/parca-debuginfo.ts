// A stand-in for parca-debuginfo (github.com/parca-dev/parca-debuginfo, 0.12), whose module the Go proxy does not have. It
// has the command `upload` with its documented options, refuses what the real one refuses, with the same messages, and
// makes the same gRPC calls: it asks whether to upload, uploads, and reports the end.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { memorySource } from "@release-actions/archive";
import { readBuildId, readElf } from "@release-actions/elf";
import { bytesOf, codeName, decode, encode, type Fields, frame, textOf, unframe } from "./grpc.ts";

const SERVICE = "/parca.debuginfo.v1alpha1.DebuginfoService/";
const CHUNK_BYTES = 8 * 1024 * 1024;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const { file, storeAddress, token, insecure, force } = readCommandLine();
  const content = readFileSync(file);
  if (content.length === 0) fail(`file "${file}" is empty, but must not be empty`);
  const buildId = await buildIdOf(content, file);
  if (!insecure) {
    const cause = "tls: first record does not look like a TLS handshake";
    fail(`check if upload should be initiated: rpc error: code = Unavailable desc = connection error: ${cause}`);
  }
  const session = connect(`http://${storeAddress}`);
  session.on("error", (error) => fail(`rpc error: code = Unavailable desc = connection error: ${error.message}`));
  const call = (method: string, doing: string, ...messages: Buffer[]): Promise<Fields> =>
    callMethod(session, method, messages, token, `${doing} "${file}" with Build ID "${buildId}"`);

  const should = await call(
    "ShouldInitiateUpload",
    "check if upload should be initiated for",
    encode({ 1: buildId, ...(force && { 3: true }) }),
  );
  if (should.get(1) !== 1) {
    const reason = textOf(should, 2);
    console.log(`Skipping upload of "${file}" with Build ID "${buildId}" as the store instructed not to: ${reason}`);
  } else {
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
    const request = encode({ 1: buildId, 2: content.length, 3: hash, ...(force && { 4: true }) });
    const initiated = await call("InitiateUpload", "initiate upload for", request);
    const instructions = decode(bytesOf(initiated, 1) ?? Buffer.alloc(0));
    if (instructions.get(3) !== 1) fail("no upload strategy specified");
    const info = encode({ 1: buildId, 2: textOf(instructions, 2) });
    await call("Upload", "upload", encode({ 1: info }), ...chunksOf(content));
    await call("MarkUploadFinished", "mark upload finished for", info);
  }
  session.close();
}

function readCommandLine(): { file: string; storeAddress: string; token: string; insecure: boolean; force: boolean } {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        ...{ "log-level": text, "store-address": text, "bearer-token": text, "bearer-token-file": text },
        ...{ insecure: flag, "insecure-skip-verify": flag, "no-extract": flag, "no-initiate": flag, force: flag },
        ...{ type: text, "build-id": text },
      },
    });
  } catch (error) {
    const [, option = ""] = /'(--?[\w-]+)/.exec(String(error)) ?? [];
    return fail(`parca-debuginfo: error: unknown flag ${option}`);
  }
  const { values, positionals } = parsed;
  const [command, file, ...rest] = positionals;
  const storeAddress = values["store-address"];
  if (command !== "upload") return fail(`parca-debuginfo: error: unexpected argument ${command ?? ""}`);
  if (storeAddress === undefined) return fail("parca-debuginfo: error: missing flags: --store-address=STRING");
  if (file === undefined) return fail('parca-debuginfo: error: expected "<path>"');
  if (rest.length > 0) return fail(`parca-debuginfo: error: unexpected argument ${rest[0]}`);
  if (values["no-extract"] !== true) return fail("this stand-in does not extract debug information");
  const given = values["bearer-token"] ?? process.env["PARCA_DEBUGINFO_BEARER_TOKEN"] ?? "";
  const tokenFile = values["bearer-token-file"];
  const token = typeof tokenFile === "string" ? readFileSync(tokenFile, "utf8") : String(given);
  return {
    file,
    storeAddress: String(storeAddress),
    token,
    insecure: values["insecure"] === true,
    force: values["force"] === true,
  };
}

async function buildIdOf(content: Buffer, file: string): Promise<string> {
  const elf = await readElf(memorySource(content)).catch((error: unknown) => fail(`open ELF file: ${String(error)}`));
  const found = await readBuildId(elf);
  return found?.hex ?? fail(`get Build ID for "${file}": no build ID`);
}

function chunksOf(content: Buffer): Buffer[] {
  const count = Math.ceil(content.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_none, index) =>
    encode({ 2: content.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES) }),
  );
}

async function callMethod(
  session: ClientHttp2Session,
  method: string,
  messages: readonly Buffer[],
  token: string,
  doing: string,
): Promise<Fields> {
  const stream = session.request({
    ...{ ":method": "POST", ":path": `${SERVICE}${method}`, "content-type": "application/grpc", te: "trailers" },
    ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
  });
  let status = { code: 0, message: "" };
  const look = (headers: Readonly<Record<string, unknown>>): void => {
    if (headers["grpc-status"] === undefined) return;
    status = { code: Number(headers["grpc-status"]), message: String(headers["grpc-message"] ?? "") };
  };
  stream.on("response", look).on("trailers", look);
  stream.end(Buffer.concat(messages.map(frame)));
  const [answer = Buffer.alloc(0)] = unframe(await buffer(stream));
  if (status.code !== 0) fail(`${doing}: rpc error: code = ${codeName(status.code)} desc = ${status.message}`);
  return decode(answer);
}

await main();
