import { memorySource, type RandomAccessSource, readExactly } from "@release-actions/archive";
import { type MachoImage, readMacho } from "@release-actions/macho";
import { mapBytes } from "./byte-map.ts";
import { type Cause, cause } from "./cause.ts";
import type { Context, Findings, Part } from "./context.ts";
import { explainNumbers } from "./explain-numbers.ts";
import { explainTexts } from "./explain-texts.ts";
import { findGoBuildId } from "./go-build-id.ts";

/** The largest file that is read into memory. */
const MAX_BYTES = 1024 * 1024 * 1024;
const CODE = "__TEXT,__text";

/** Explains two Mach-O files, thin or fat, architecture by architecture. */
export async function explainMacho(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const [a, b] = [await readImages(left), await readImages(right)];
  const [namesA, namesB] = [a, b].map((images) => images.map(({ architecture }) => architecture)) as [
    string[],
    string[],
  ];
  const slices = cause("slices", `${context.place}architectures`, namesA.join(", "), namesB.join(", "));
  if (namesA.toSorted().join() !== namesB.toSorted().join()) return { causes: [slices], parts: [] };
  const causes: Cause[] = namesA.join() === namesB.join() ? [] : [slices];
  const parts: Part[] = [];
  for (const image of a) {
    const other = b.find(({ architecture }) => architecture === image.architecture);
    if (other === undefined || Buffer.compare(image.bytes, other.bytes) === 0) continue;
    const place = a.length > 1 ? `${context.place}${image.architecture}, ` : context.place;
    const found = await explainImage(image, other, place);
    causes.push(...found.causes);
    parts.push(...found.parts);
  }
  return { causes, parts };
}

async function readImages(source: RandomAccessSource): Promise<readonly MachoImage[]> {
  return readMacho(await readExactly(source, 0, Math.min(source.size, MAX_BYTES))).images;
}

/** Certain causes first; each of the others would also follow from one, so the first found stays alone. */
async function explainImage(a: MachoImage, b: MachoImage, place: string): Promise<Findings> {
  const sections = await compareSections(a, b, place);
  const { parts } = sections;
  const certain = [...compareBuild(a, b, place), ...sections.certain];
  if (certain.length > 0) return { causes: certain, parts };
  const identity = await compareIdentity(a, b, place);
  if (identity !== undefined) return { causes: [identity], parts };
  if (sections.numbers.length > 0) return { causes: sections.numbers, parts };
  const sameCode = parts.every(({ name }) => name !== CODE);
  if (sections.possible.length > 0 && sameCode) return { causes: sections.possible, parts };
  const [worst] = parts.toSorted((x, y) => y.differing - x.differing);
  if (worst !== undefined) {
    return { causes: [cause("code", `${place}${worst.name}`, `${worst.left} bytes`, `${worst.right} bytes`)], parts };
  }
  const commands = (image: MachoImage): string => image.loadCommands.map(({ name }) => name).join(" ");
  return { causes: [cause("linker-options", `${place}load commands`, commands(a), commands(b))], parts };
}

/** The platform and the versions of SDK and tools that LC_BUILD_VERSION records. */
function compareBuild(a: MachoImage, b: MachoImage, place: string): Cause[] {
  const [left, right] = [JSON.stringify(a.build ?? "none"), JSON.stringify(b.build ?? "none")];
  return left === right ? [] : [cause("toolchain", `${place}LC_BUILD_VERSION`, left, right)];
}

/** Images that differ in nothing but their UUID or their signature. */
async function compareIdentity(a: MachoImage, b: MachoImage, place: string): Promise<Cause | undefined> {
  if (Buffer.compare(await withoutIdentity(a), await withoutIdentity(b)) !== 0) return undefined;
  if (a.uuid !== b.uuid) return cause("build-id", `${place}LC_UUID`, a.uuid ?? "none", b.uuid ?? "none");
  const describe = ({ codeSignature }: MachoImage): string =>
    codeSignature === undefined ? "none" : `${codeSignature.size} bytes`;
  return cause("signature", `${place}LC_CODE_SIGNATURE`, describe(a), describe(b));
}

interface SectionFindings {
  readonly parts: Part[];
  readonly certain: Cause[];
  readonly possible: Cause[];
  readonly numbers: Cause[];
}

async function compareSections(a: MachoImage, b: MachoImage, place: string): Promise<SectionFindings> {
  const found: SectionFindings = { parts: [], certain: [], possible: [], numbers: [] };
  const [left, right] = [sectionsOf(a), sectionsOf(b)];
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const [bytes, other] = [left.get(name), right.get(name)];
    if (bytes === undefined || other === undefined) {
      const kind = name.startsWith("__DWARF") ? "stripped" : "linker-options";
      const presence = [bytes, other].map((side) => (side === undefined ? "absent" : "present")) as [string, string];
      found.certain.push(cause(kind, `${place}${name}`, ...presence));
      continue;
    }
    const [x, y] = [memorySource(bytes), memorySource(other)];
    const map = await mapBytes(x, y);
    if (map.differing === 0) continue;
    found.parts.push({ name, left: bytes.length, right: other.length, differing: map.differing });
    found.numbers.push(...(await explainNumbers(x, y, map, `${place}${name}+`)));
    if (name === CODE) continue;
    const texts = await explainTexts(x, y, `${place}${name}+`);
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

/** The image without its UUID and its signature, which every signing and most links change. */
async function withoutIdentity(image: MachoImage): Promise<Uint8Array> {
  const bytes = Buffer.from(image.bytes);
  const uuid = image.loadCommands.find(({ name }) => name === "LC_UUID");
  if (uuid !== undefined) bytes.fill(0, uuid.offset + 8, uuid.offset + 24);
  const { codeSignature } = image;
  if (codeSignature !== undefined) bytes.fill(0, codeSignature.offset, codeSignature.offset + codeSignature.size);
  const goBuildId = await findGoBuildId(memorySource(bytes));
  if (goBuildId !== undefined) bytes.fill(0, goBuildId.start, goBuildId.end);
  return bytes;
}
