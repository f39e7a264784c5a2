import { pipeline } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { isElf } from "@release-actions/elf";
import {
  excerpt,
  type HttpResponse,
  type Patience,
  retrying,
  TransientError,
  type Transport,
} from "@release-actions/http";
import type { Reporter } from "@release-actions/report";
import { getFile } from "./get.ts";
import { SymbolsError } from "./symbols-error.ts";

/** Notes lie before everything else in a debug file; of what has none here the rest is not worth reading. */
const SEARCHED_BYTES = 1024 * 1024;
/** A store takes a moment before it serves what it was given. */
const PATIENCE: Patience = { budgetMs: 90_000, firstPauseMs: 1000, longestPauseMs: 10_000 };

export interface DebuginfodOptions {
  readonly url: string;
  readonly transport: Transport;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
}

/** Where a debuginfod server has the debug file of a build id (debuginfod(8), "WEBAPI"). */
export function debugFileUrl(server: string, buildId: string): URL {
  const base = URL.parse(server);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new SymbolsError(`the input \`debuginfod-url\` is ${JSON.stringify(server)}, expected a URL`);
  }
  return new URL(`${base.origin}${base.pathname.replace(/\/+$/, "")}/buildid/${buildId}/debuginfo`);
}

/** Asks the server for a debug file, and looks at what it gives: an error page is none (misleads 19). */
export async function requireServed(buildId: string, options: DebuginfodOptions): Promise<void> {
  const { patience = PATIENCE, signal, reporter, transport } = options;
  const url = debugFileUrl(options.url, buildId);
  const ask = async (): Promise<void> => {
    const head = await readHead(await getFile(url, { transport, signal, mayAppear: true }), url);
    if (isElf(head) && holdsBuildId(head, buildId)) return;
    const what = isElf(head) ? "an ELF file without that build id" : `no ELF file: ${excerpt(head.toString("latin1"))}`;
    throw new SymbolsError(`${url.href} answers with ${what}`);
  };
  await retrying(`asking ${url.host} for ${buildId}`, patience, signal, ask, { reporter });
}

/** The first bytes of a body, however it was packed for the way. */
async function readHead({ body, headers }: HttpResponse, url: URL): Promise<Buffer> {
  const encoding = headers["content-encoding"] ?? "identity";
  const unpack = { identity: undefined, gzip: createGunzip, zstd: createZstdDecompress }[encoding];
  if (unpack === undefined && encoding !== "identity") {
    body.destroy();
    throw new SymbolsError(`${url.href} answers in the encoding ${encoding}, which was not asked for`);
  }
  // Errors reach whoever reads the last stream.
  const stream = unpack === undefined ? body : pipeline(body, unpack(), () => undefined);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= SEARCHED_BYTES) break;
    }
  } catch (error) {
    throw new TransientError(`${url.host} did not finish its answer: ${String(error)}`, { cause: error });
  } finally {
    body.destroy();
  }
  return Buffer.concat(chunks);
}

/** The note of the linker ends with its owner and the id: `GNU`, a NUL, and the bytes. */
export function holdsBuildId(bytes: Buffer, buildId: string): boolean {
  return bytes.includes(Buffer.concat([Buffer.from("GNU\0"), Buffer.from(buildId, "hex")]));
}
