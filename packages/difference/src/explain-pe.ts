import { type RandomAccessSource, sliceSource } from "@release-actions/archive";
import { countOf } from "@release-actions/report";
import { type ByteMap, mapBytes } from "./byte-map.ts";
import { type Cause, cause } from "./cause.ts";
import type { Context, Findings, Part } from "./context.ts";
import { explainBinary } from "./explain-bytes.ts";
import { explainTextPair } from "./explain-text-pair.ts";
import { explainTexts } from "./explain-texts.ts";
import { maskSource } from "./masked-source.ts";
import { narrowSource } from "./narrow-source.ts";
import { type PeFile, readPe } from "./pe.ts";
import { hasSameCode } from "./same-code.ts";
import { isPast } from "./time-window.ts";

const TIME_REMEDY =
  "Link with `/Brepro` (`-C link-arg=/Brepro`), or with GNU ld `-C link-arg=-Wl,--no-insert-timestamp`.";
const GUID_REMEDY = "Link with `/Brepro` (`-C link-arg=/Brepro`): the GUID then follows from the content.";
const PDB_REMEDY = "Link with `/PDBALTPATH:%_PDB%` (`-C link-arg=/PDBALTPATH:%_PDB%`), which stores the name alone.";

/** Explains two Windows programs by their headers, then section by section. */
export async function explainPe(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const [a, b] = [await readPe(left), await readPe(right)];
  const { place } = context;
  if (a.machine !== b.machine)
    return { causes: [cause("target", `${place}COFF header`, a.machine, b.machine)], parts: [] };
  const toolchain =
    a.linker === b.linker ? [] : [cause("toolchain", `${place}optional header, linker version`, a.linker, b.linker)];
  const headers = [
    ...toolchain,
    ...compareStamps(a, b, context),
    ...comparePdb(a, b, context),
    ...compareModuleIds(a, b, context),
  ];
  const [plainA, plainB] = [withoutIdentity(left, a), withoutIdentity(right, b)];
  const sections = await compareSections(plainA, a, plainB, b, context);
  const found = [...headers, ...sections.causes];
  if (found.length > 0) return { causes: found, parts: sections.parts };
  return { causes: await compareIdentity(plainA, a, plainB, b, context), parts: sections.parts };
}

/** Compares the timestamps in the headers. With `/Brepro` linkers write hashes there, which do not count as times. */
function compareStamps(a: PeFile, b: PeFile, { place, windows }: Context): Cause[] {
  if (a.isReproducible || b.isReproducible) return [];
  return a.stamps.flatMap(({ name, value }) => {
    const other = b.stamps.find((stamp) => stamp.name === name);
    if (other === undefined || other.value === value) return [];
    const [one, two] = [value * 1000, other.value * 1000];
    const areTimes = [one, two].every((moment) => moment === 0 || isPast(moment, windows));
    if (!areTimes) return [];
    return [cause("timestamp", `${place}${name}`, show(one), show(two), { remedy: TIME_REMEDY })];
  });
}

function show(moment: number): string {
  return moment === 0 ? "none" : new Date(moment).toISOString().replace(".000Z", "Z");
}

function comparePdb(a: PeFile, b: PeFile, { place, windows }: Context): Cause[] {
  const [one, other] = [a.codeView?.pdbPath ?? "none", b.codeView?.pdbPath ?? "none"];
  if (one === other) return [];
  const found = explainTextPair(one, other, `${place}CodeView entry, path of the PDB file`, windows);
  return [{ ...found, remedy: found.kind === "build-path" ? PDB_REMEDY : found.remedy }];
}

function compareModuleIds(a: PeFile, b: PeFile, { place }: Context): Cause[] {
  const [one, other] = [a.moduleId?.guid ?? "none", b.moduleId?.guid ?? "none"];
  return one === other ? [] : [cause("module-id", `${place}.NET metadata, module version id`, one, other)];
}

/** The file without fields that follow from other content: timestamps, checksum, CodeView entry, module id and certificates. */
function withoutIdentity(source: RandomAccessSource, pe: PeFile): RandomAccessSource {
  const { certificates } = pe;
  const ranges = [
    ...pe.stamps.map(({ offset }) => ({ start: offset, end: offset + 4 })),
    pe.checksum,
    pe.certificateEntry,
    ...(pe.codeView === undefined ? [] : [pe.codeView]),
    ...(pe.moduleId === undefined ? [] : [pe.moduleId]),
  ];
  // In a signed file the certificates come last, and zeros may precede them as padding.
  const size = certificates !== undefined && certificates.end === source.size ? certificates.start : source.size;
  return maskSource(source, ranges, size);
}

async function compareSections(
  left: RandomAccessSource,
  a: PeFile,
  right: RandomAccessSource,
  b: PeFile,
  context: Context,
): Promise<Findings> {
  const causes: Cause[] = [];
  const parts: Part[] = [];
  let code: Cause | undefined;
  let isSameCode = true;
  for (const section of a.sections) {
    const other = b.sections.find(({ name }) => name === section.name);
    if (other === undefined || Math.max(section.end - left.size, other.end - right.size) > 0) continue;
    const [one, two] = [
      sliceSource(left, section.start, section.end - section.start),
      sliceSource(right, other.start, other.end - other.start),
    ];
    const map = await mapBytes(one, two, context.signal);
    if (map.differing === 0) continue;
    parts.push({ name: section.name, left: one.size, right: two.size, differing: map.differing });
    if (section.name === ".text" && !a.isManaged) {
      code = cause("code", `${context.place}.text`, countOf(one.size, "byte"), countOf(two.size, "byte"));
      isSameCode = await hasSameCode(one, two, map, context.signal);
    } else if (section.name !== ".reloc" && section.name !== ".pdata")
      causes.push(...(await explainData(one, two, map, { ...context, place: `${context.place}${section.name}+` })));
  }
  const names = (pe: PeFile): string => pe.sections.map(({ name }) => name).join(" ");
  if (names(a) !== names(b))
    causes.push(cause("linker-options", `${context.place}section headers`, names(a), names(b)));
  const evident = causes.filter(({ kind }) => kind !== "content");
  // If the code differs, other unexplained differences, such as addresses, follow from it.
  if (evident.length > 0) return { causes: evident, parts };
  return { causes: code === undefined || (isSameCode && causes.length > 0) ? causes : [code], parts };
}

/** Compares texts in UTF-16 first, which Windows programs have in resources and data sections. */
async function explainData(
  left: RandomAccessSource,
  right: RandomAccessSource,
  map: ByteMap,
  context: Context,
): Promise<readonly Cause[]> {
  const [one, two] = [narrowSource(left), narrowSource(right)];
  const firstDifference = Math.floor((map.clusters[0]?.start ?? 0) / 2);
  const { place, windows, signal } = context;
  const wide = await explainTexts(one, two, { place, windows, firstDifference, unitBytes: 2, isProgram: true, signal });
  const texts = [...wide.certain, ...wide.evident];
  const others = await explainBinary(left, right, context, true);
  return texts.length === 0 ? others : [...texts, ...others.filter(({ kind }) => kind !== "content")];
}

/**
 * Explains files that are equal except for identity fields, checked in this order: GUID, timestamps that are hashes,
 * certificates, checksum.
 */
async function compareIdentity(
  left: RandomAccessSource,
  a: PeFile,
  right: RandomAccessSource,
  b: PeFile,
  { place, signal }: Context,
): Promise<Cause[]> {
  const size = (pe: PeFile): string =>
    pe.certificates === undefined ? "none" : countOf(pe.certificates.end - pe.certificates.start, "byte");
  const common = Math.min(left.size, right.size);
  const isEqual = (await mapBytes(sliceSource(left, 0, common), sliceSource(right, 0, common), signal)).differing === 0;
  const longer = left.size > right.size ? left : right;
  const onlyZeros = longer.size - common < 16 && (await isZero(longer, common));
  if (!isEqual || !onlyZeros) return [];
  if (a.codeView?.guid !== b.codeView?.guid) {
    const sides = [a.codeView?.guid ?? "none", b.codeView?.guid ?? "none"] as const;
    return [cause("build-id", `${place}CodeView entry, GUID`, ...sides, { remedy: GUID_REMEDY })];
  }
  const stamp = a.stamps.find(({ value }, index) => value !== b.stamps[index]?.value);
  if (stamp !== undefined) {
    const other = b.stamps.find(({ name }) => name === stamp.name);
    const [one, two] = [stamp.value, other?.value ?? 0].map((value) => `0x${value.toString(16)}`);
    return [
      cause("build-id", `${place}${stamp.name} (a hash, not a time)`, one ?? "", two ?? "", { remedy: GUID_REMEDY }),
    ];
  }
  if (a.certificates !== undefined || b.certificates !== undefined)
    return [cause("signature", `${place}certificates`, size(a), size(b))];
  return [cause("content", `${place}optional header, checksum`, "the stored checksum", "another one")];
}

async function isZero(source: RandomAccessSource, from: number): Promise<boolean> {
  for await (const chunk of source.read(from, source.size - from)) if (chunk.some((byte) => byte !== 0)) return false;
  return true;
}
