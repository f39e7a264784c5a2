import { detectFormat, FORMAT_BYTES, type RandomAccessSource, readExactly } from "@release-actions/archive";
import { isElf } from "@release-actions/elf";
import { isMacho } from "@release-actions/macho";
import { Fault } from "@release-actions/report";
import { type ByteMap, mapBytes } from "./byte-map.ts";
import { type Cause, mergeCauses } from "./cause.ts";
import type { Context, Findings, Part } from "./context.ts";
import { explainAr, isAr } from "./explain-ar.ts";
import { explainBytes } from "./explain-bytes.ts";
import { explainElf } from "./explain-elf.ts";
import { explainGzip, explainZstd } from "./explain-gzip.ts";
import { explainMacho } from "./explain-macho.ts";
import { explainTar } from "./explain-tar.ts";
import { explainXz } from "./explain-xz.ts";
import { explainZip } from "./explain-zip.ts";

/** An archive in an archive in an archive: enough for what is released. */
const MAX_DEPTH = 6;

/** Why two files differ, and where. */
export interface Explanation {
  /** What kind of file both are taken for. */
  readonly format: string;
  /** The most fundamental first; empty for equal files. */
  readonly causes: readonly Cause[];
  /** Sections or members that differ. */
  readonly parts: readonly Part[];
  readonly map: ByteMap;
  /** Why the format's own explanation could not be had, when one side is damaged. */
  readonly damage?: string;
}

export interface ExplainOptions {
  /** An existing folder for what must be unpacked; its content may be removed afterwards. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
}

type Explain = (left: RandomAccessSource, right: RandomAccessSource, context: Context) => Promise<Findings>;

const EXPLAINERS: Readonly<Record<string, Explain>> = {
  elf: explainElf,
  macho: explainMacho,
  ar: explainAr,
  tar: explainTar,
  gzip: explainGzip,
  zstd: explainZstd,
  xz: explainXz,
  zip: explainZip,
};

/** Compares two files format by format and names why they differ. Damaged files are compared as bytes. */
export async function explainDifference(
  left: RandomAccessSource,
  right: RandomAccessSource,
  options: ExplainOptions,
): Promise<Explanation> {
  const map = await mapBytes(left, right, options.signal);
  const [format, other] = [await formatOf(left), await formatOf(right)];
  const shown = format === other ? format : `${format} and ${other}`;
  if (map.differing === 0) return { format: shown, causes: [], parts: [], map };
  let damage: string | undefined;
  const explain = async (a: RandomAccessSource, b: RandomAccessSource, context: Context): Promise<Findings> => {
    const kind = await formatOf(a);
    const explainer = EXPLAINERS[kind];
    if (explainer === undefined || kind !== (await formatOf(b)) || context.depth > MAX_DEPTH) {
      return await explainBytes(a, b, context);
    }
    try {
      const findings = await explainer(a, b, context);
      if (findings.causes.length > 0) return findings;
    } catch (error) {
      // A damaged file differs from a sound one too; what can be said of its bytes still holds.
      if (!(error instanceof Fault)) throw error;
      damage ??= `${context.place}${error.message}`;
    }
    return await explainBytes(a, b, context);
  };
  const context: Context = { place: "", scratch: options.scratch, depth: 0, signal: options.signal, explain };
  const { causes, parts } = await explain(left, right, context);
  return { format: shown, causes: mergeCauses(causes), parts, map, ...(damage === undefined ? {} : { damage }) };
}

async function formatOf(source: RandomAccessSource): Promise<string> {
  const head = await readExactly(source, 0, Math.min(FORMAT_BYTES, source.size));
  if (isElf(head)) return "elf";
  if (isMacho(head)) return "macho";
  if (isAr(head)) return "ar";
  return detectFormat(head);
}
