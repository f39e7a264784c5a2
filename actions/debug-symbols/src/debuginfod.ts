import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { openFileSource, readExactly } from "@release-actions/archive";
import { ElfError, isElf, readBuildId, readElf, strippedState } from "@release-actions/elf";
import {
  excerpt,
  type HttpResponse,
  type Patience,
  retrying,
  TransientError,
  type Transport,
} from "@release-actions/http";
import { Fault, type Reporter } from "@release-actions/report";
import { getFile } from "./get.ts";

/** How long to wait until a store serves a file that was just uploaded. */
const PATIENCE: Patience = { budgetMs: 90_000, firstPauseMs: 1000, longestPauseMs: 10_000 };

export interface DebuginfodOptions {
  readonly url: string;
  readonly transport: Transport;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Where the downloaded file is kept while it is checked. */
  readonly folder: string;
  /** Whether a file without debug information was just replaced: the server may serve the old one a moment longer. */
  readonly mayImprove?: boolean;
  readonly patience?: Patience;
}

/** Where a debuginfod server has the debug file of a build id (debuginfod(8), "WEBAPI"). */
export function debugFileUrl(server: string, buildId: string): URL {
  const base = URL.parse(server);
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new Fault(`the input \`debuginfod-url\` is ${JSON.stringify(server)}, expected a URL`);
  }
  return new URL(`${base.origin}${base.pathname.replace(/\/+$/, "")}/buildid/${buildId}/debuginfo`);
}

/** The server has a file with the right build ID but no debug information: the wrong file was uploaded. */
export class PoorFileError extends Fault {}

/**
 * Downloads a debug file from the server and checks that it is an ELF file with that build ID and with debug
 * information. This rules out error pages and stripped programs.
 */
export async function requireServed(buildId: string, options: DebuginfodOptions): Promise<void> {
  const { patience = PATIENCE, signal, reporter, transport, folder } = options;
  const url = debugFileUrl(options.url, buildId);
  const file = path.join(folder, `${buildId}.served`);
  const ask = async (): Promise<void> => {
    try {
      await save(await getFile(url, { transport, signal, mayAppear: true }), url, file);
      const poor = await whatIsPoor(file, buildId);
      if (poor === undefined) return;
      const message = `${url.href} answers with ${poor.what}`;
      if (!poor.isStripped) throw new Fault(message);
      throw options.mayImprove === true ? new TransientError(message) : new PoorFileError(message);
    } finally {
      await rm(file, { force: true });
    }
  };
  await retrying(`asking ${url.host} for ${buildId}`, patience, signal, ask, { reporter });
}

interface Poor {
  readonly what: string;
  readonly isStripped: boolean;
}

/** Why a debugger cannot use a file; undefined when it can. */
async function whatIsPoor(file: string, buildId: string): Promise<Poor | undefined> {
  const poor = (what: string, isStripped = false): Poor => ({ what, isStripped });
  await using source = await openFileSource(file);
  try {
    const elf = await readElf(source);
    const found = (await readBuildId(elf))?.hex;
    if (found !== buildId) return poor("an ELF file without that build id");
    if (!strippedState(elf).debug) return undefined;
    return poor("a stripped file of that build id, without debug information", true);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    const head = await readExactly(source, 0, Math.min(200, source.size));
    if (isElf(head)) return poor(`a broken ELF file: ${error.message}`);
    return poor(`no ELF file: ${excerpt(Buffer.from(head).toString("latin1"))}`);
  }
}

/** Writes the body of a response to a file, decompressed according to `content-encoding`. */
async function save({ body, headers }: HttpResponse, url: URL, file: string): Promise<void> {
  const encoding = headers["content-encoding"] ?? "identity";
  const unpack = { identity: undefined, gzip: createGunzip, zstd: createZstdDecompress }[encoding];
  if (unpack === undefined && encoding !== "identity") {
    body.destroy();
    throw new Fault(`${url.href} answers with the encoding ${encoding}, which was not requested`);
  }
  try {
    const target = createWriteStream(file);
    await (unpack === undefined ? pipeline(body, target) : pipeline(body, unpack(), target));
  } catch (error) {
    throw new TransientError(`${url.host} did not finish its answer: ${String(error)}`, { cause: error });
  } finally {
    body.destroy();
  }
}
