import { countOf } from "@release-actions/report";
import { ByteReader } from "./byte-reader.ts";
import { MachoError } from "./error.ts";
import { type FatArchitecture, findForeignBytes, isFatMagic, readFatArchitectures } from "./fat.ts";
import { isImageMagic, type MachoImage, readImage } from "./image.ts";
import { MAX_FAT_ARCHES } from "./limits.ts";

/**
 * Whether the first bytes are those of a Mach-O file. Four bytes are enough, but eight are needed to exclude a Java
 * class file.
 */
export function isMacho(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const reader = new ByteReader(head, "magic", "big");
  const magic = reader.u32(0);
  return isImageMagic(magic) || (isFatMagic(magic) && (head.length < 8 || reader.u32(4) <= MAX_FAT_ARCHES));
}

/** One part of a Mach-O file, in file order. */
export type Slice =
  | { readonly kind: "image"; readonly architecture: string; readonly image: MachoImage }
  /** An `ar` archive of object files, which is never signed. */
  | { readonly kind: "static-library"; readonly architecture: string }
  | { readonly kind: "unreadable"; readonly architecture: string; readonly error: MachoError };

export interface Slices {
  readonly slices: readonly Slice[];
  /** A description of bytes of a fat file that belong to no architecture, if Apple's strict validation refuses them. */
  readonly foreignBytes: string | undefined;
}

/**
 * Reads a thin or fat Mach-O file without copying it: one image for a thin file, one per architecture for a fat file, in
 * file order. Never empty.
 *
 * @throws MachoError for anything else; it names the format if it is known
 */
export function readMacho(bytes: Uint8Array): readonly MachoImage[] {
  const images = readSlices(bytes).slices.flatMap((slice) => {
    if (slice.kind === "unreadable") throw slice.error;
    return slice.kind === "image" ? [slice.image] : [];
  });
  if (images.length === 0) throw new MachoError("not a Mach-O file: it is a universal static library", 0);
  return images;
}

/**
 * Reads each architecture separately, so that one that cannot be read does not affect the others.
 *
 * @throws MachoError when the file is not a Mach-O file or its header is invalid
 */
export function readSlices(bytes: Uint8Array): Slices {
  if (bytes.length === 0) throw new MachoError("not a Mach-O file: it is empty", 0);
  if (bytes.length < 4) throw new MachoError(`not a Mach-O file: it has only ${countOf(bytes.length, "byte")}`, 0);
  const reader = new ByteReader(bytes, "fat header", "big");
  const magic = reader.u32(0);
  if (isFatMagic(magic)) {
    const architectures = readFatArchitectures(reader);
    const slices = architectures.map((architecture) => readSlice(reader, architecture));
    return { slices, foreignBytes: findForeignBytes(reader, architectures) };
  }
  if (!isImageMagic(magic)) throw new MachoError(`not a Mach-O file: it ${describeOther(bytes)}`, 0);
  const image = readImage(bytes);
  return { slices: [{ kind: "image", architecture: image.architecture, image }], foreignBytes: undefined };
}

/** Whether the first bytes are those of an `ar` archive, such as a static library (`.a`, `.rlib`). */
export function isStaticLibrary(head: Uint8Array): boolean {
  const magic = Buffer.from(head.subarray(0, 8)).toString("latin1");
  return magic === "!<arch>\n" || magic === "!<thin>\n";
}

function readSlice(file: ByteReader, { name, cpuType, offset, size, entryOffset }: FatArchitecture): Slice {
  const bytes = file.slice(offset, size);
  if (isStaticLibrary(bytes)) return { kind: "static-library", architecture: name };
  try {
    const image = readImage(bytes, offset);
    if (image.cpuType !== cpuType) {
      throw file.error(`the entry for ${name} points to an image for ${image.architecture}`, entryOffset);
    }
    return { kind: "image", architecture: image.architecture, image };
  } catch (error) {
    if (!(error instanceof MachoError)) throw error;
    return { kind: "unreadable", architecture: name, error };
  }
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
