import { ByteReader } from "../byte-reader.ts";
import { MachoError } from "../error.ts";
import type { MachoImage } from "../image.ts";
import { MAX_CMS_BYTES, MAX_ENTITLEMENTS_BYTES, MAX_SIGNATURE_BLOBS } from "../limits.ts";
import { type CodeDirectory, readCodeDirectory } from "./code-directory.ts";
import { checkRequirements } from "./requirements.ts";

/** Slots of xnu's osfmk/kern/cs_blobs.h. */
const SLOT = {
  codeDirectory: 0,
  requirements: 2,
  entitlements: 5,
  entitlementsDer: 7,
  alternateFirst: 0x1000,
  alternateLast: 0x1005,
  cms: 0x10000,
} as const;

const MAGIC = {
  superblob: 0xfade0cc0,
  codeDirectory: 0xfade0c02,
  requirements: 0xfade0c01,
  entitlements: 0xfade7171,
  entitlementsDer: 0xfade7172,
  wrapper: 0xfade0b01,
} as const;

const BLOB_HEADER_BYTES = 8;

/** An embedded signature, with entitlements and CMS still encoded. */
export interface CodeSignature {
  /** The blobs, including their headers, by slot. */
  readonly blobs: ReadonlyMap<number, ByteReader>;
  /** The CodeDirectories. The first is slot 0; the others are alternates with other hash algorithms. Never empty. */
  readonly codeDirectories: readonly [CodeDirectory, ...CodeDirectory[]];
  /** The reasons why parts other than the first CodeDirectory could not be read. */
  readonly faults: readonly string[];
  readonly entitlementsXml: Uint8Array | undefined;
  readonly entitlementsDer: Uint8Array | undefined;
  /** DER of the CMS SignedData; undefined when the blob is absent or empty, as in an ad-hoc signature. */
  readonly cms: Uint8Array | undefined;
}

/**
 * Reads the signature to which LC_CODE_SIGNATURE points; `undefined` when there is none.
 *
 * @throws MachoError for an invalid signature
 */
export function readCodeSignature(image: MachoImage): CodeSignature | undefined {
  const range = image.codeSignature;
  if (range === undefined) return undefined;
  const area = new ByteReader(image.bytes, "code signature", "big", image.start).window(
    range.offset,
    range.size,
    "code signature",
  );
  const magic = area.u32(0);
  if (magic !== MAGIC.superblob) throw area.error(`starts with 0x${magic.toString(16)}, not with 0xfade0cc0`, 0);
  const blobs = readBlobs(area.window(0, area.u32(4), "code signature"));
  const find = (slot: number, magic: number, max = Number.POSITIVE_INFINITY): ByteReader | undefined => {
    const blob = blobs.get(slot);
    if (blob === undefined) return undefined;
    const found = blob.u32(0);
    if (found !== magic) throw blob.error(`slot ${slot} holds 0x${found.toString(16)}, not 0x${magic.toString(16)}`, 0);
    if (blob.length > max) throw blob.error(`slot ${slot} is larger than ${max} bytes`, 4);
    return blob;
  };

  const main = find(SLOT.codeDirectory, MAGIC.codeDirectory);
  if (main === undefined) throw area.error("there is no CodeDirectory", 0);
  const faults: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MachoError)) throw error;
      faults.push(error.message);
      return undefined;
    }
  };
  const alternates = [...blobs.keys()]
    .filter((slot) => slot >= SLOT.alternateFirst && slot <= SLOT.alternateLast)
    .flatMap((slot) => {
      const blob = attempt(() => find(slot, MAGIC.codeDirectory));
      return (blob && attempt(() => readCodeDirectory(blob))) ?? [];
    });
  const requirements = attempt(() => find(SLOT.requirements, MAGIC.requirements));
  const signature = {
    blobs,
    codeDirectories: [readCodeDirectory(main), ...alternates],
    entitlementsXml: payload(attempt(() => find(SLOT.entitlements, MAGIC.entitlements, MAX_ENTITLEMENTS_BYTES))),
    entitlementsDer: payload(attempt(() => find(SLOT.entitlementsDer, MAGIC.entitlementsDer, MAX_ENTITLEMENTS_BYTES))),
    cms: payload(attempt(() => find(SLOT.cms, MAGIC.wrapper, MAX_CMS_BYTES))),
  } as const;
  attempt(() => requirements && checkRequirements(requirements));
  return { ...signature, faults };
}

function readBlobs(superblob: ByteReader): Map<number, ByteReader> {
  const count = superblob.u32(8);
  if (count > MAX_SIGNATURE_BLOBS) throw superblob.error(`${count} blobs are more than ${MAX_SIGNATURE_BLOBS}`, 8);
  const blobs = new Map<number, ByteReader>();
  for (let index = 0; index < count; index += 1) {
    const at = 12 + index * 8;
    const slot = superblob.u32(at);
    const offset = superblob.u32(at + 4);
    if (blobs.has(slot)) throw superblob.error(`slot ${slot} occurs twice`, at);
    const length = superblob.u32(offset + 4);
    if (length < BLOB_HEADER_BYTES) throw superblob.error(`the blob of slot ${slot} has the length ${length}`, offset);
    blobs.set(slot, superblob.window(offset, length, `code signature slot ${slot}`));
  }
  return blobs;
}

function payload(blob: ByteReader | undefined): Uint8Array | undefined {
  if (blob === undefined || blob.length === BLOB_HEADER_BYTES) return undefined;
  return blob.slice(BLOB_HEADER_BYTES, blob.length - BLOB_HEADER_BYTES);
}
