import {
  detectFormat,
  FORMAT_BYTES,
  isTarHeader,
  type RandomAccessSource,
  readExactly,
} from "@release-actions/archive";
import { isElf } from "@release-actions/elf";
import { isMacho } from "@release-actions/macho";
import { Fault } from "@release-actions/report";
import { type ByteMap, mapBytes } from "./byte-map.ts";
import { type Cause, mergeCauses } from "./cause.ts";
import type { Context, Explain, Findings } from "./context.ts";
import { withoutDerivedDigests } from "./derived-digests.ts";
import { explainAr, isAr } from "./explain-ar.ts";
import { explainBytes } from "./explain-bytes.ts";
import { explainCompressed, isCompression } from "./explain-compressed.ts";
import { explainElf } from "./explain-elf.ts";
import { explainTarOrImage } from "./explain-image.ts";
import { explainMacho } from "./explain-macho.ts";
import { explainPe } from "./explain-pe.ts";
import { explainPng, isPng } from "./explain-png.ts";
import { explainPyc, isPyc } from "./explain-pyc.ts";
import { explainZip } from "./explain-zip.ts";
import { both, type Pair, readBoth, type Sources } from "./pair.ts";
import { isPe } from "./pe.ts";
import type { TimeWindows } from "./time-window.ts";

/** The deepest level of nested archives, layers and compressed files that is opened; enough for release files. */
const MAX_DEPTH = 6;

/** Why two files differ, and where. */
export interface Explanation extends Required<Findings> {
  /** The detected file format of both sides. */
  readonly format: string;
  /** The causes, most fundamental first; empty for equal files. */
  readonly causes: readonly Cause[];
  readonly map: ByteMap;
  /** What could not be compared, and why. */
  readonly warnings: readonly string[];
  /** Why a file could not be compared by its format, if one side is damaged. */
  readonly damage?: string;
}

export interface ExplainOptions {
  /** An existing folder for unpacked files; the caller may empty it afterwards. */
  readonly scratch: string;
  /** When both sides were built, if known. Without it no number counts as a time. */
  readonly windows?: TimeWindows;
  readonly signal?: AbortSignal | undefined;
}

const EXPLAINERS: Readonly<Record<string, Explain>> = {
  elf: explainElf,
  macho: explainMacho,
  ar: explainAr,
  pe: explainPe,
  pyc: explainPyc,
  png: explainPng,
  tar: explainTarOrImage,
  zip: explainZip,
};

/** Compares two files by their format and returns the causes of their differences. Damaged files are compared as bytes. */
export async function explainDifference(sources: Sources, options: ExplainOptions): Promise<Explanation> {
  const map = await mapBytes(sources, options.signal);
  const [format, other] = await readBoth(sources, formatOf);
  const shown = format === other ? format : `${format} and ${other}`;
  const warnings: string[] = [];
  if (map.differing === 0) return { format: shown, causes: [], parts: [], excerpts: [], warnings, map };
  let damage: string | undefined;
  const explain: Explain = async (files, context) => {
    const formats = await readBoth(files, formatOf);
    const explainer = explainerOf(formats);
    if (explainer === undefined) return await explainBytes(files, context);
    if (context.depth > MAX_DEPTH) {
      context.warn(`${context.place}${formats[0]} was not opened: it is ${context.depth} archives deep`);
      return await explainBytes(files, context);
    }
    try {
      const findings = await explainer(files, context);
      if (findings.causes.length > 0) return findings;
    } catch (error) {
      // A damaged file can still be compared byte by byte.
      if (!(error instanceof Fault)) throw error;
      damage ??= `${context.place}${error.message}`;
    }
    return await explainBytes(files, context);
  };
  const context: Context = {
    place: "",
    scratch: options.scratch,
    depth: 0,
    signal: options.signal,
    explain,
    windows: options.windows ?? { now: Date.now() },
    warn: (message) => {
      warnings.push(message);
    },
  };
  const { causes, parts = [], excerpts = [] } = await explain(sources, context);
  return {
    format: shown,
    causes: mergeCauses(withoutDerivedDigests(causes)),
    parts,
    excerpts,
    warnings,
    map,
    ...(damage === undefined ? {} : { damage }),
  };
}

function explainerOf(formats: Pair<string>): Explain | undefined {
  const forms = both(formats, (format) => (isCompression(format) ? format : "none"));
  // The formats of the files that are not compressed; if only one is and the other has a known format, the contents are compared.
  const plain = formats.filter((format) => !isCompression(format));
  if (plain.length === 2) return plain[0] === plain[1] ? EXPLAINERS[formats[0]] : undefined;
  if (plain.some((format) => EXPLAINERS[format] === undefined)) return undefined;
  return (sources, context) => explainCompressed(sources, context, forms);
}

async function formatOf(source: RandomAccessSource): Promise<string> {
  const head = await readExactly(source, 0, Math.min(FORMAT_BYTES, source.size));
  if (isElf(head)) return "elf";
  if (isMacho(head)) return "macho";
  if (isAr(head)) return "ar";
  if (isPng(head)) return "png";
  if (await isPe(source, head)) return "pe";
  const format = detectFormat(head);
  if (format === "unknown" && isTarHeader(head)) return "tar";
  return format === "unknown" && isPyc(head) ? "pyc" : format;
}
