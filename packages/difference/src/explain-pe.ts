import { type RandomAccessSource, sliceSource } from "@release-actions/archive";
import { countOf } from "@release-actions/report";
import { type ByteMap, mapBytes } from "./byte-map.ts";
import { type Cause, cause, causeIfDifferent } from "./cause.ts";
import type { Context, Findings, Part } from "./context.ts";
import { explainBinary } from "./explain-bytes.ts";
import { explainTextPair } from "./explain-text-pair.ts";
import { explainTexts } from "./explain-texts.ts";
import { maskSource } from "./masked-source.ts";
import { narrowSource } from "./narrow-source.ts";
import { both, type Pair, readBoth, type Sources, sizesOf } from "./pair.ts";
import { type PeFile, readPe } from "./pe.ts";
import { hasSameCode } from "./same-code.ts";
import { showSeconds } from "./show-seconds.ts";
import { isPast } from "./time-window.ts";

const TIME_REMEDY =
  "Link with `/Brepro` (`-C link-arg=/Brepro`), or with GNU ld `-C link-arg=-Wl,--no-insert-timestamp`.";
const GUID_REMEDY = "Link with `/Brepro` (`-C link-arg=/Brepro`): the GUID then follows from the content.";
const PDB_REMEDY = "Link with `/PDBALTPATH:%_PDB%` (`-C link-arg=/PDBALTPATH:%_PDB%`), which stores the name alone.";

/** Explains two Windows programs by their headers, then section by section. */
export async function explainPe(sources: Sources, context: Context): Promise<Findings> {
  const [a, b] = await readBoth(sources, readPe);
  const { place } = context;
  if (a.machine !== b.machine) return { causes: [cause("target", `${place}COFF header`, a.machine, b.machine)] };
  const headers = [
    ...causeIfDifferent("toolchain", `${place}optional header, linker version`, a.linker, b.linker),
    ...compareStamps(a, b, context),
    ...comparePdb(a, b, context),
    ...compareModuleIds(a, b, context),
  ];
  const plain = both([a, b], withoutIdentity);
  const sections = await compareSections(plain, context);
  const causes = [...headers, ...sections.causes];
  return { ...sections, causes: causes.length > 0 ? causes : await compareIdentity(plain, context) };
}

/** Compares the timestamps in the headers. With `/Brepro` linkers write hashes there, which do not count as times. */
function compareStamps(a: PeFile, b: PeFile, { place, windows }: Context): Cause[] {
  if (a.isReproducible || b.isReproducible) return [];
  return a.stamps.flatMap(({ name, value }) => {
    const other = b.stamps.find((stamp) => stamp.name === name);
    if (other === undefined || other.value === value) return [];
    const seconds = [value, other.value] as const;
    if (!seconds.every((moment) => moment === 0 || isPast(moment * 1000, windows))) return [];
    const times = both(seconds, (moment) => (moment === 0 ? "none" : showSeconds(moment)));
    return [cause("timestamp", `${place}${name}`, ...times, { remedy: TIME_REMEDY })];
  });
}

function comparePdb(a: PeFile, b: PeFile, { place, windows }: Context): Cause[] {
  const [one, other] = [a.codeView?.pdbPath ?? "none", b.codeView?.pdbPath ?? "none"];
  if (one === other) return [];
  const found = explainTextPair(one, other, `${place}CodeView entry, path of the PDB file`, windows);
  return [{ ...found, remedy: found.kind === "build-path" ? PDB_REMEDY : found.remedy }];
}

function compareModuleIds(a: PeFile, b: PeFile, { place }: Context): Cause[] {
  const ids = both([a, b], ({ moduleId }) => moduleId?.guid ?? "none");
  return causeIfDifferent("module-id", `${place}.NET metadata, module version id`, ...ids);
}

/** The file without fields that follow from other content: timestamps, checksum, CodeView entry, module id and certificates. */
function withoutIdentity(pe: PeFile): PeFile {
  const { source, certificates } = pe;
  const ranges = [
    ...pe.stamps.map(({ offset }) => ({ start: offset, end: offset + 4 })),
    pe.checksum,
    pe.certificateEntry,
    ...(pe.codeView === undefined ? [] : [pe.codeView]),
    ...(pe.moduleId === undefined ? [] : [pe.moduleId]),
  ];
  // In a signed file the certificates come last, and zeros may precede them as padding.
  const size = certificates !== undefined && certificates.end === source.size ? certificates.start : source.size;
  return { ...pe, source: maskSource(source, ranges, size) };
}

async function compareSections([a, b]: Pair<PeFile>, context: Context): Promise<Findings> {
  const causes: Cause[] = [];
  const parts: Part[] = [];
  let code: Cause | undefined;
  let isSameCode = true;
  for (const section of a.sections) {
    const other = b.sections.find(({ name }) => name === section.name);
    if (other === undefined || section.end > a.source.size || other.end > b.source.size) continue;
    const sources = [
      sliceSource(a.source, section.start, section.end - section.start),
      sliceSource(b.source, other.start, other.end - other.start),
    ] as const;
    const map = await mapBytes(sources, context.signal);
    if (map.differing === 0) continue;
    parts.push({ name: section.name, left: sources[0].size, right: sources[1].size, differing: map.differing });
    if (section.name === ".text" && !a.isManaged) {
      code = cause("code", `${context.place}.text`, ...sizesOf(sources));
      isSameCode = await hasSameCode(sources, map, context.signal);
    } else if (section.name !== ".reloc" && section.name !== ".pdata")
      causes.push(...(await explainData(sources, map, { ...context, place: `${context.place}${section.name}+` })));
  }
  const names = both([a, b], ({ sections }) => sections.map(({ name }) => name).join(" "));
  causes.push(...causeIfDifferent("linker-options", `${context.place}section headers`, ...names));
  const evident = causes.filter(({ kind }) => kind !== "content");
  // If the code differs, other unexplained differences, such as addresses, follow from it.
  if (evident.length > 0) return { causes: evident, parts };
  return { causes: code === undefined || (isSameCode && causes.length > 0) ? causes : [code], parts };
}

/** Compares texts in UTF-16 first, which Windows programs have in resources and data sections. */
async function explainData(sources: Sources, map: ByteMap, context: Context): Promise<readonly Cause[]> {
  const { place, windows, signal } = context;
  const firstDifference = Math.floor((map.clusters[0]?.start ?? 0) / 2);
  const options = { place, windows, firstDifference, unitBytes: 2, isProgram: true, signal };
  const wide = await explainTexts(both(sources, narrowSource), options);
  const texts = [...wide.certain, ...wide.evident];
  const others = await explainBinary(sources, context, true);
  return texts.length === 0 ? others : [...texts, ...others.filter(({ kind }) => kind !== "content")];
}

/**
 * Explains files that are equal except for identity fields, checked in this order: GUID, timestamps that are hashes,
 * certificates, checksum.
 */
async function compareIdentity([a, b]: Pair<PeFile>, { place, signal }: Context): Promise<Cause[]> {
  const [shorter, longer] = a.source.size > b.source.size ? [b.source, a.source] : [a.source, b.source];
  const common = shorter.size;
  const isEqual = (await mapBytes([shorter, sliceSource(longer, 0, common)], signal)).differing === 0;
  const onlyZeros = longer.size - common < 16 && (await isZero(longer, common));
  if (!isEqual || !onlyZeros) return [];
  const remedy = GUID_REMEDY;
  const guids = both([a, b], ({ codeView }) => codeView?.guid ?? "none");
  if (guids[0] !== guids[1]) return [cause("build-id", `${place}CodeView entry, GUID`, ...guids, { remedy })];
  const stamp = a.stamps.find(({ value }, index) => value !== b.stamps[index]?.value);
  if (stamp !== undefined) {
    const other = b.stamps.find(({ name }) => name === stamp.name);
    const values = both([stamp.value, other?.value ?? 0], (value) => `0x${value.toString(16)}`);
    return [cause("build-id", `${place}${stamp.name} (a hash, not a time)`, ...values, { remedy })];
  }
  if (a.certificates !== undefined || b.certificates !== undefined) {
    const sizes = both([a, b], ({ certificates: range }) =>
      range === undefined ? "none" : countOf(range.end - range.start, "byte"),
    );
    return [cause("signature", `${place}certificates`, ...sizes)];
  }
  return [cause("content", `${place}optional header, checksum`, "the stored checksum", "another one")];
}

async function isZero(source: RandomAccessSource, from: number): Promise<boolean> {
  for await (const chunk of source.read(from, source.size - from)) if (chunk.some((byte) => byte !== 0)) return false;
  return true;
}
