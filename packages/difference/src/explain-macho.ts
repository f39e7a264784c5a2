import { createHash } from "node:crypto";
import { memorySource, type RandomAccessSource, readExactly } from "@release-actions/archive";
import { type MachoImage, readMacho } from "@release-actions/macho";
import { countOf, Fault } from "@release-actions/report";
import { mapBytes } from "./byte-map.ts";
import { type Cause, cause, causeIfDifferent } from "./cause.ts";
import { type Context, type Findings, joinFindings, type Part } from "./context.ts";
import { differentBytes } from "./different-bytes.ts";
import { explainNumbers } from "./explain-numbers.ts";
import { explainTexts } from "./explain-texts.ts";
import { findGoBuildId } from "./go-build-id.ts";
import { both, readBoth, type Sources } from "./pair.ts";
import { hasSameCode } from "./same-code.ts";
import type { TimeWindows } from "./time-window.ts";

/** The largest file that is read into memory, in bytes; up to three files of this size are in memory at once. */
const MAX_BYTES = 96 * 1024 * 1024;

const CODE = "__TEXT,__text";
/** Sections whose content follows from the code and its addresses. */
const DERIVED = /^__TEXT,__(?:unwind_info|eh_frame|stubs|stub_helper)|^__DATA\w*,__(?:got|la_symbol_ptr)|^__DWARF/;

/** Explains two Mach-O files, thin or fat, architecture by architecture. */
export async function explainMacho(sources: Sources, context: Context): Promise<Findings> {
  const [a, b] = await readBoth(sources, readImages);
  const names = both([a, b], (images) => images.map(({ architecture }) => architecture));
  const slices = causeIfDifferent("slices", `${context.place}architectures`, ...both(names, (list) => list.join(", ")));
  const [sortedA, sortedB] = both(names, (list) => list.toSorted().join());
  if (sortedA !== sortedB) return { causes: slices };
  const all: Findings[] = [{ causes: slices }];
  for (const image of a) {
    const other = b.find(({ architecture }) => architecture === image.architecture);
    if (other === undefined || Buffer.compare(image.bytes, other.bytes) === 0) continue;
    const place = a.length > 1 ? `${context.place}${image.architecture}, ` : context.place;
    all.push(await explainImage(image, other, place, context));
  }
  return joinFindings(all);
}

async function readImages(source: RandomAccessSource): Promise<readonly MachoImage[]> {
  if (source.size > MAX_BYTES)
    throw new Fault(
      `a Mach-O file of ${source.size} bytes is compared byte by byte, because it is larger than ${MAX_BYTES} bytes`,
    );
  return readMacho(await readExactly(source, 0, source.size));
}

/**
 * Returns the certain causes if there are any. The others could be consequences of these or of each other, so only the
 * first kind that is found is returned.
 */
async function explainImage(a: MachoImage, b: MachoImage, place: string, context: Context): Promise<Findings> {
  const sections = await compareSections(a, b, place, context.windows);
  const { parts } = sections;
  // The platform, and the versions of the SDK and the tools.
  const builds = both([a, b], ({ build = "none" }) => JSON.stringify(build));
  const certain = [...causeIfDifferent("toolchain", `${place}LC_BUILD_VERSION`, ...builds), ...sections.certain];
  if (certain.length > 0) return { causes: certain, parts };
  const identity = await compareIdentity(a, b, place);
  if (identity !== undefined) return { causes: [identity], parts };
  if (sections.possible.length > 0 && sections.hasSameCode) return { causes: sections.possible, parts };
  if (sections.numbers.length > 0 && sections.unexplained === 0) return { causes: sections.numbers, parts };
  const code = parts.find(({ name }) => name === CODE);
  if (code !== undefined && !(sections.hasSameCode && sections.other !== undefined)) {
    const sizes = [countOf(code.left, "byte"), countOf(code.right, "byte")] as const;
    return { causes: [cause("code", `${place}${CODE}`, ...sizes)], parts };
  }
  if (sections.other !== undefined) return { causes: [sections.other], parts };
  const commands = both([a, b], ({ loadCommands }) => loadCommands.map(({ name }) => name).join(" "));
  return { causes: [cause("linker-options", `${place}load commands`, ...commands)], parts };
}

/** Explains images that differ only in their UUID, their Go build id or their signature. */
async function compareIdentity(a: MachoImage, b: MachoImage, place: string): Promise<Cause | undefined> {
  if ((await digestWithoutIdentity(a)) !== (await digestWithoutIdentity(b))) return undefined;
  if (a.uuid !== b.uuid) return cause("build-id", `${place}LC_UUID`, a.uuid ?? "none", b.uuid ?? "none");
  const signatures = both([a, b], ({ codeSignature }) =>
    codeSignature === undefined ? "none" : countOf(codeSignature.size, "byte"),
  );
  return cause("signature", `${place}LC_CODE_SIGNATURE`, ...signatures);
}

interface SectionFindings {
  readonly parts: Part[];
  readonly certain: Cause[];
  readonly possible: Cause[];
  readonly numbers: Cause[];
  /** The number of sections in which something other than times differs. */
  unexplained: number;
  /** Whether the code is equal or differs only in addresses. */
  hasSameCode: boolean;
  /** The first difference in a data section. */
  other: Cause | undefined;
}

async function compareSections(
  a: MachoImage,
  b: MachoImage,
  place: string,
  windows: TimeWindows,
): Promise<SectionFindings> {
  const found: SectionFindings = {
    parts: [],
    certain: [],
    possible: [],
    numbers: [],
    unexplained: 0,
    hasSameCode: true,
    other: undefined,
  };
  const [left, right] = [sectionsOf(a), sectionsOf(b)];
  const names = new Set([...left.keys(), ...right.keys()]);
  const none = new Uint8Array(0);
  const changed = [...names].filter((name) => Buffer.compare(left.get(name) ?? none, right.get(name) ?? none) !== 0);
  for (const name of names) {
    const [one, other] = [left.get(name), right.get(name)];
    if (one === undefined || other === undefined) {
      const kind = name.startsWith("__DWARF") ? "stripped" : "linker-options";
      const presence = both([one, other], (side) => (side === undefined ? "absent" : "present"));
      found.certain.push(cause(kind, `${place}${name}`, ...presence));
      continue;
    }
    const sources = both([one, other], memorySource);
    const map = await mapBytes(sources);
    if (map.differing === 0) continue;
    found.parts.push({ name, left: one.length, right: other.length, differing: map.differing });
    const numbers = await explainNumbers(sources, map, `${place}${name}+`, windows);
    found.numbers.push(...numbers);
    if (numbers.length === 0) found.unexplained += 1;
    if (name === CODE) {
      found.hasSameCode = await hasSameCode(sources, map);
      continue;
    }
    const firstDifference = map.clusters[0]?.start ?? 0;
    if (!DERIVED.test(name)) found.other ??= await differentBytes(sources, firstDifference, `${place}${name}+`);
    const isAlone = changed.length === 1;
    const texts = await explainTexts(sources, { place: `${place}${name}+`, windows, firstDifference, isAlone });
    found.certain.push(...texts.certain);
    found.possible.push(...texts.possible);
  }
  return found;
}

function sectionsOf(image: MachoImage): Map<string, Uint8Array> {
  const sections = image.segments.flatMap((segment) => segment.sections).filter(({ zeroFill }) => !zeroFill);
  return new Map(
    sections.map(({ segment, name, offset, size }) => [
      `${segment},${name}`,
      image.bytes.subarray(offset, offset + size),
    ]),
  );
}

/**
 * The digest of the image without its UUID, its Go build id and its signature, which change with the link or with the
 * signing.
 */
async function digestWithoutIdentity(image: MachoImage): Promise<string> {
  const bytes = Buffer.from(image.bytes);
  const uuid = image.loadCommands.find(({ name }) => name === "LC_UUID");
  if (uuid !== undefined) bytes.fill(0, uuid.offset + 8, uuid.offset + 24);
  const goBuildId = await findGoBuildId(memorySource(bytes));
  if (goBuildId !== undefined) bytes.fill(0, goBuildId.start, goBuildId.end);
  return createHash("sha256").update(withoutSignature(image, bytes)).digest("hex");
}

/**
 * The image as it was before it was signed. Signing adds a load command, and a signature at the end of the last
 * segment, which grows (mach-o/loader.h, `linkedit_data_command`). The sizes of this segment are set to zero.
 */
function withoutSignature({ codeSignature, loadCommands, order }: MachoImage, bytes: Buffer): Buffer {
  const write = (value: number, at: number): void => {
    if (order === "little") bytes.writeUInt32LE(value, at);
    else bytes.writeUInt32BE(value, at);
  };
  const read = (at: number): number => (order === "little" ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  for (const { name, offset } of loadCommands) {
    if (!name.startsWith("LC_SEGMENT") || bytes.toString("latin1", offset + 8, offset + 18) !== "__LINKEDIT") continue;
    const wide = name === "LC_SEGMENT_64";
    bytes.fill(0, offset + (wide ? 32 : 28), offset + (wide ? 40 : 32)); // vmsize
    bytes.fill(0, offset + (wide ? 48 : 36), offset + (wide ? 56 : 40)); // filesize
  }
  const command = loadCommands.find(({ name }) => name === "LC_CODE_SIGNATURE");
  if (command !== undefined && codeSignature !== undefined) {
    bytes.fill(0, codeSignature.offset, codeSignature.offset + codeSignature.size);
    const commandsEnd = (loadCommands.at(-1)?.offset ?? 0) + read((loadCommands.at(-1)?.offset ?? 0) + 4);
    const size = read(command.offset + 4);
    bytes.copyWithin(command.offset, command.offset + size, commandsEnd);
    bytes.fill(0, commandsEnd - size, commandsEnd);
    write(read(16) - 1, 16);
    write(read(20) - size, 20);
  }
  // A signature at the end is zeros now. It begins at a multiple of 16, so there may be padding before it.
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}
