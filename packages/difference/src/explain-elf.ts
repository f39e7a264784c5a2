import {
  type ElfFile,
  readBuildId,
  readComments,
  readElf,
  readFunctionRanges,
  readSymbols,
} from "@release-actions/elf";
import { countOf } from "@release-actions/report";
import { type Cause, cause, causeIfDifferent } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { differentBytes } from "./different-bytes.ts";
import { explainLinkage } from "./elf-linkage.ts";
import { DERIVED, listParts, pairSections, READ_ONLY, type SectionPair, SHF_EXECINSTR } from "./elf-sections.ts";
import { explainSectionTexts, type SectionTexts } from "./elf-texts.ts";
import { explainNumbers } from "./explain-numbers.ts";
import { findGoBuildId } from "./go-build-id.ts";
import { both, onlyIn, readBoth, type Sources } from "./pair.ts";
import { isSameButAddresses } from "./same-code.ts";
import type { TimeWindows } from "./time-window.ts";

/** How many functions a longer or shorter text may change; more changed functions mean that the code differs. */
const MAX_CHANGED_FUNCTIONS = 3;
const DEBUG = /^\.z?debug_/;
/** Sections that `strip` removes. */
const STRIPPABLE = /^\.(symtab|strtab|z?debug_|gnu_debuglink|gdb_index)/;

/** Explains two ELF files. Uncertain causes are considered only when there is no certain one. */
export async function explainElf(sources: Sources, context: Context): Promise<Findings> {
  const [a, b] = await readBoth(sources, readElf);
  const { place } = context;
  if (a.machine !== b.machine || a.wide !== b.wide || a.little !== b.little) {
    const describe = (elf: ElfFile): string =>
      `${elf.machine}, ${elf.wide ? 64 : 32} bit, ${elf.little ? "little" : "big"}-endian`;
    return { causes: [cause("target", `${place}ELF header`, describe(a), describe(b))] };
  }
  const pairs = await pairSections(a, b, context.signal);
  const parts = listParts(a, b, pairs);
  const toolchain = await explainToolchain(a, b, place);
  const texts = await explainSectionTexts(pairs, context);
  const stripped = explainStripping(a, b, place);
  // A different compiler changes almost everything else, and these changes are not causes of their own.
  if (toolchain.length > 0)
    return { causes: [...toolchain, ...texts.certain.filter(({ kind }) => kind !== "timestamp"), ...stripped], parts };
  const linkage = await explainLinkage(a, b, place);
  const certain = [...texts.certain, ...stripped, ...linkage];
  if (certain.length > 0) return { causes: certain, parts };
  return { causes: await explainRest(a, b, pairs, texts, context), parts };
}

/** Finds uncertain causes. Any of them could also be the consequence of a certain cause, so this runs only when there is none. */
async function explainRest(
  a: ElfFile,
  b: ElfFile,
  pairs: readonly SectionPair[],
  texts: SectionTexts,
  { place, windows }: Context,
): Promise<readonly Cause[]> {
  const changed = pairs.filter(({ map }) => map.differing > 0);
  const primary: SectionPair[] = [];
  for (const pair of changed) {
    if (!DERIVED.test(pair.name) && !(await isOnlyGoBuildId(pair))) primary.push(pair);
  }
  const [buildA, buildB] = await readBoth([a, b], readBuildId);
  const onlyDerived = primary.length === 0 && changed.every(({ name }) => /^\.(note|gnu_debuglink|text)/.test(name));
  if (onlyDerived && buildA?.hex !== buildB?.hex && a.sections.length === b.sections.length) {
    return [cause("build-id", `${place}.note.gnu.build-id`, buildA?.hex ?? "none", buildB?.hex ?? "none")];
  }
  const changedCode = primary.filter(({ left }) => (left.flags & SHF_EXECINSTR) !== 0);
  const isSameButMoved = changedCode.every(({ map }) => isSameButAddresses(map));
  const changedFunctions = isSameButMoved ? 0 : await countChangedFunctions(a, b);
  // Code that copies a text contains its length, so a text of another length changes a few functions.
  if (texts.possible.length > 0 && changedFunctions <= MAX_CHANGED_FUNCTIONS)
    return [...texts.possible, ...texts.elsewhere];
  const order = await explainOrder(a, b, place);
  if (order !== undefined) return [order];
  const numbers = await explainSectionNumbers(primary, place, windows);
  if (numbers.length > 0) return numbers;
  // The code is the same, so the cause is in the data: a short text or an unnamed number.
  if (changedFunctions === 0) {
    const readOnly = primary.find(({ name }) => READ_ONLY.test(name));
    if (readOnly !== undefined && texts.moved.length > 0) return texts.moved;
    const isData = ({ name, left }: SectionPair): boolean => (left.flags & SHF_EXECINSTR) === 0 && !DEBUG.test(name);
    const data = readOnly ?? primary.find(isData);
    if (data !== undefined)
      return [await differentBytes(data.sources, data.map.clusters[0]?.start ?? 0, `${place}${data.name}+`)];
  }
  const worst = [...primary].sort((x, y) => y.map.differing - x.map.differing)[0] ?? changed[0];
  const where = worst?.name ?? "headers";
  const size = (elf: ElfFile): string => countOf(elf.sections.find(({ name }) => name === where)?.size ?? 0, "byte");
  return [cause("code", `${place}${where}`, size(a), size(b))];
}

async function isOnlyGoBuildId({ name, sources, map }: SectionPair): Promise<boolean> {
  const range = name === ".text" ? await findGoBuildId(sources[0]) : undefined;
  return range !== undefined && map.clusters.every(({ start, end }) => start >= range.start && end <= range.end);
}

async function explainToolchain(a: ElfFile, b: ElfFile, place: string): Promise<Cause[]> {
  const only = both(onlyIn(await readBoth([a, b], readComments)), (texts) => texts.join("; "));
  if (only.some((texts) => texts !== ""))
    return [cause("toolchain", `${place}.comment`, only[0] || "-", only[1] || "-")];
  const gold = (elf: ElfFile): boolean => elf.sections.some(({ name }) => name === ".note.gnu.gold-version");
  const linkers = both([a, b], (elf) => (gold(elf) ? "gold" : "another linker"));
  return causeIfDifferent("toolchain", `${place}.note.gnu.gold-version`, ...linkers);
}

function explainStripping(a: ElfFile, b: ElfFile, place: string): Cause[] {
  const strippable = (elf: ElfFile): string[] =>
    elf.sections.filter(({ name, hasBytes }) => hasBytes && STRIPPABLE.test(name)).map(({ name }) => name);
  const only = both(onlyIn(both([a, b], strippable)), (names) => names.join(" ") || "none of them");
  return causeIfDifferent("stripped", `${place}section headers`, ...only);
}

async function explainSectionNumbers(
  primary: readonly SectionPair[],
  place: string,
  windows: TimeWindows,
): Promise<Cause[]> {
  const causes: Cause[] = [];
  for (const { name, sources, map } of primary) {
    const found = await explainNumbers(sources, map, `${place}${name}+`, windows);
    if (found.length === 0) return [];
    causes.push(...found);
  }
  return causes;
}

/** Detects the same functions in another order, compared by name and size, or by size alone without symbols. */
async function explainOrder(a: ElfFile, b: ElfFile, place: string): Promise<Cause | undefined> {
  const named = await readBoth([a, b], functionNames);
  const [left, right] = named.every(({ length }) => length > 0) ? named : await readBoth([a, b], functionSizes);
  const sorted = (list: readonly string[]): string => [...list].sort().join("\n");
  if (left.length < 2 || left.length !== right.length || sorted(left) !== sorted(right)) return undefined;
  const first = left.findIndex((name, index) => name !== right[index]);
  if (first < 0) return undefined;
  const show = (list: readonly string[]): string => list.slice(first, first + 3).join(", ");
  return cause("codegen-order", `${place}.text`, show(left), show(right));
}

async function functionNames(elf: ElfFile): Promise<string[]> {
  const symbols = (await readSymbols(elf)).filter(({ type, section }) => type === "function" && section !== 0);
  const order = (x: bigint, y: bigint): number => (x < y ? -1 : x > y ? 1 : 0);
  return symbols
    .sort((x, y) => x.section - y.section || order(x.address, y.address) || (x.name < y.name ? -1 : 1))
    .map(({ name, size }) => `${name} (${countOf(Number(size), "byte")})`);
}

async function functionSizes(elf: ElfFile): Promise<string[]> {
  return (await readFunctionRanges(elf)).map(({ size }) => countOf(size, "byte"));
}

/** The number of functions whose sizes differ. Infinite if sizes are unknown or the sides have different numbers of functions. */
async function countChangedFunctions(a: ElfFile, b: ElfFile): Promise<number> {
  const [left, right] = await readBoth([a, b], functionSizes);
  if (left.length === 0 || left.length !== right.length) return Number.POSITIVE_INFINITY;
  return left.filter((size, index) => size !== right[index]).length;
}
