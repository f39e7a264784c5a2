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
import type { Context, Excerpt, Findings, Part } from "./context.ts";
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
import { isPe } from "./pe.ts";
import type { TimeWindows } from "./time-window.ts";

/** The deepest level of nested archives, layers and compressed files that is opened; enough for release files. */
const MAX_DEPTH = 6;

/** Why two files differ, and where. */
export interface Explanation {
  /** The detected file format of both sides. */
  readonly format: string;
  /** The causes, most fundamental first; empty for equal files. */
  readonly causes: readonly Cause[];
  /** Sections or members that differ. */
  readonly parts: readonly Part[];
  readonly map: ByteMap;
  /** Lines that show the difference. */
  readonly excerpts: readonly Excerpt[];
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
  readonly signal?: AbortSignal;
}

type Explain = (left: RandomAccessSource, right: RandomAccessSource, context: Context) => Promise<Findings>;

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
export async function explainDifference(
  left: RandomAccessSource,
  right: RandomAccessSource,
  options: ExplainOptions,
): Promise<Explanation> {
  const map = await mapBytes(left, right, options.signal);
  const [format, other] = [await formatOf(left), await formatOf(right)];
  const shown = format === other ? format : `${format} and ${other}`;
  const warnings: string[] = [];
  if (map.differing === 0) return { format: shown, causes: [], parts: [], excerpts: [], warnings, map };
  let damage: string | undefined;
  const explain = async (a: RandomAccessSource, b: RandomAccessSource, context: Context): Promise<Findings> => {
    const [kind, otherKind] = [await formatOf(a), await formatOf(b)];
    const explainer = explainerOf(kind, otherKind);
    if (explainer === undefined) return await explainBytes(a, b, context);
    if (context.depth > MAX_DEPTH) {
      context.warn(`${context.place}${kind} was not opened: it is ${context.depth} archives deep`);
      return await explainBytes(a, b, context);
    }
    try {
      const findings = await explainer(a, b, context);
      if (findings.causes.length > 0) return findings;
    } catch (error) {
      // A damaged file can still be compared byte by byte.
      if (!(error instanceof Fault)) throw error;
      damage ??= `${context.place}${error.message}`;
    }
    return await explainBytes(a, b, context);
  };
  const context: Context = {
    place: "",
    scratch: options.scratch,
    depth: 0,
    signal: options.signal,
    explain,
    windows: options.windows ?? { now: Date.now() },
    warn: (message) => warnings.push(message),
  };
  const { causes, parts, excerpts = [] } = await explain(left, right, context);
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

function explainerOf(kind: string, other: string): Explain | undefined {
  const [left, right] = [isCompression(kind) ? kind : "none", isCompression(other) ? other : "none"] as const;
  if (left === "none" && right === "none") return kind === other ? EXPLAINERS[kind] : undefined;
  // If only one file is compressed and the other has a known format, the contents are compared.
  const plain = left === "none" ? kind : right === "none" ? other : undefined;
  if (plain !== undefined && EXPLAINERS[plain] === undefined) return undefined;
  return (a, b, context) => explainCompressed(a, b, context, [left, right]);
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
