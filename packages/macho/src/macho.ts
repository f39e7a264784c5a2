import { ByteReader } from "./byte-reader.ts";
import { MachoError } from "./error.ts";
import { isFatMagic, readFatArchitectures } from "./fat.ts";
import { isImageMagic, type MachoImage, readImage } from "./image.ts";
import { MAX_FAT_ARCHES } from "./limits.ts";

export interface MachoFile {
  /** `fat64` is the fat header with 64-bit offsets. */
  readonly kind: "thin" | "fat" | "fat64";
  /** One for a thin file, one an architecture for a fat one, in file order. Never empty. */
  readonly images: readonly MachoImage[];
}

/** Whether the first bytes (four are enough, eight tell a Java class apart) are those of a Mach-O file. */
export function isMacho(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const reader = new ByteReader(head, "magic", "big");
  const magic = reader.u32(0);
  return isImageMagic(magic) || (isFatMagic(magic) && (head.length < 8 || reader.u32(4) <= MAX_FAT_ARCHES));
}

/**
 * Reads a thin or fat Mach-O file without copying it.
 * @throws MachoError for anything else, saying what it is where that is known
 */
export function readMacho(bytes: Uint8Array): MachoFile {
  if (bytes.length === 0) throw new MachoError("not a Mach-O file: it is empty", 0);
  if (bytes.length < 4) throw new MachoError(`not a Mach-O file: it has only ${bytes.length} bytes`, 0);
  const reader = new ByteReader(bytes, "fat header", "big");
  const magic = reader.u32(0);
  if (isFatMagic(magic)) {
    const { kind, architectures } = readFatArchitectures(reader);
    const images = architectures.map((architecture) => {
      const image = readImage(
        bytes.subarray(architecture.offset, architecture.offset + architecture.size),
        architecture.offset,
      );
      if (image.cpuType !== architecture.cpuType) {
        throw reader.error(
          `the entry for ${architecture.name} points to an image for ${image.architecture}`,
          architecture.entryOffset,
        );
      }
      return image;
    });
    return { kind, images };
  }
  if (!isImageMagic(magic)) throw new MachoError(`not a Mach-O file: it ${describeOther(bytes)}`, 0);
  return { kind: "thin", images: [readImage(bytes)] };
}

const OTHER_FORMATS: readonly (readonly [string, string])[] = [
  ["7f454c46", "is an ELF file (Linux)"],
  ["4d5a", "is a PE file (Windows)"],
  ["2321", "is a script"],
  ["504b0304", "is a zip archive"],
  ["1f8b", "is gzip-compressed"],
  ["fd377a585a00", "is xz-compressed"],
  ["78617221", "is an installer package (.pkg)"],
  ["213c617263683e0a", "is a static library"],
];

function describeOther(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.subarray(0, 8)).toString("hex");
  const found = OTHER_FORMATS.find(([magic]) => hex.startsWith(magic));
  return found?.[1] ?? `starts with ${hex.slice(0, 8)}`;
}
