import { createHash } from "node:crypto";
import { bigEndianWords, command, imageOf, words } from "./image.ts";

/** Magic numbers of xnu's osfmk/kern/cs_blobs.h. */
export const BLOB = {
  superblob: 0xfade0cc0,
  codeDirectory: 0xfade0c02,
  requirements: 0xfade0c01,
  entitlements: 0xfade7171,
  entitlementsDer: 0xfade7172,
  cms: 0xfade0b01,
} as const;

export function blob(magic: number, content: Uint8Array): Buffer {
  return Buffer.concat([bigEndianWords(magic, 8 + content.length), content]);
}

export function superblobOf(blobs: readonly (readonly [slot: number, blob: Uint8Array])[]): Buffer {
  let offset = 12 + blobs.length * 8;
  const index = blobs.flatMap(([slot, { length }]) => {
    offset += length;
    return [slot, offset - length];
  });
  const bytes = blobs.map(([, content]) => content);
  return Buffer.concat([bigEndianWords(BLOB.superblob, offset, blobs.length, ...index), ...bytes]);
}

const HASHES = [
  { algorithm: "", size: 0 },
  { algorithm: "sha1", size: 20 },
  { algorithm: "sha256", size: 32 },
  { algorithm: "sha256", size: 20 },
  { algorithm: "sha384", size: 48 },
  { algorithm: "sha512", size: 64 },
] as const;

export interface DirectoryFields {
  /** Default: the newest, 0x20500. */
  readonly version?: number;
  readonly flags?: number;
  readonly identifier?: string;
  readonly teamId?: string;
  /** 1 is SHA-1, 2 SHA-256, 3 SHA-256 truncated to 20 bytes, 4 SHA-384, 5 SHA-512. */
  readonly hashType?: 1 | 2 | 3 | 4 | 5;
  /** The page size as a power of 2; 0 for one hash over the whole code. */
  readonly pageShift?: number;
  readonly codeLimit?: number;
  readonly codeLimit64?: number;
  /** Contents of special slots. */
  readonly special?: ReadonlyMap<number, Uint8Array>;
}

/** A CodeDirectory over the pages of `code` (cs_blobs.h, `CS_CodeDirectory`). */
export function directoryOf(code: Uint8Array, fields: DirectoryFields = {}): Buffer {
  const { version = 0x20500, hashType = 2, pageShift = 12, special = new Map<number, Uint8Array>() } = fields;
  const { algorithm, size } = HASHES[hashType];
  const hash = (bytes: Uint8Array): Buffer => createHash(algorithm).update(bytes).digest().subarray(0, size);
  const pageSize = pageShift === 0 ? Math.max(code.length, 1) : 2 ** pageShift;
  const pages = Array.from({ length: Math.ceil(code.length / pageSize) }, (_, page) =>
    hash(code.subarray(page * pageSize, (page + 1) * pageSize)),
  );
  const slots = Math.max(0, ...special.keys());
  const specials = Array.from({ length: slots }, (_, index) => {
    const content = special.get(slots - index);
    return content === undefined ? Buffer.alloc(size) : hash(content);
  });
  const texts = [fields.identifier ?? "com.example.tool", fields.teamId]
    .filter((text) => text !== undefined)
    .map((text) => Buffer.from(`${text}\0`));
  const headerSize =
    [
      [0x20500, 96],
      [0x20400, 88],
      [0x20300, 64],
      [0x20200, 52],
      [0x20100, 48],
    ].find(([since = 0]) => version >= since)?.[1] ?? 44;
  const hashOffset = headerSize + Buffer.concat(texts).length + slots * size;
  const header = Buffer.alloc(96);
  header.writeUInt32BE(version, 8);
  header.writeUInt32BE(fields.flags ?? 0, 12);
  header.writeUInt32BE(hashOffset, 16);
  header.writeUInt32BE(headerSize, 20);
  header.writeUInt32BE(slots, 24);
  header.writeUInt32BE(pages.length, 28);
  header.writeUInt32BE(fields.codeLimit ?? code.length, 32);
  header.set([size, hashType, 0, pageShift], 36);
  if (fields.teamId !== undefined) header.writeUInt32BE(headerSize + (texts[0]?.length ?? 0), 48);
  header.writeBigUInt64BE(BigInt(fields.codeLimit64 ?? 0), 56);
  const content = Buffer.concat([header.subarray(8, headerSize), ...texts, ...specials, ...pages]);
  return blob(BLOB.codeDirectory, content);
}

/** A segment with its sections (mach-o/loader.h), 64-bit. */
export function segmentOf(
  name: string,
  fileOffset: number,
  fileSize: number,
  sections: readonly {
    readonly name: string;
    readonly offset: number;
    readonly size: number;
    readonly flags?: number;
  }[] = [],
): Buffer {
  const named = (text: string): Buffer => Buffer.from(text.padEnd(16, "\0"));
  return command(
    0x19,
    named(name),
    words(0, 0, 0, 0, fileOffset, 0, fileSize, 0, 0, 0, sections.length, 0),
    ...sections.map((section) =>
      Buffer.concat([
        named(section.name),
        named(name),
        words(0, 0, section.size, 0, section.offset, 0, 0, 0, section.flags ?? 0, 0, 0, 0),
      ]),
    ),
  );
}

export interface CodeFields {
  readonly fileType?: number;
  readonly cpuType?: number;
  /** The SDK version, packed as 16.8.8 bits; 0 for a file without a version. */
  readonly sdk?: number;
  /** The content of the section `__TEXT,__info_plist`. */
  readonly infoPlist?: string;
  /** The number of bytes from the start to the signature. */
  readonly size?: number;
}

/** The number of bytes that LC_CODE_SIGNATURE reserves; the superblob may be shorter. */
const RESERVED = 16 * 1024;
const INFO_PLIST_AT = 2048;

/** A program with a signature at its end, which `makeSignature` makes from the bytes before it. */
export function signedImageOf(makeSignature: (code: Buffer) => Uint8Array, fields: CodeFields = {}): Buffer {
  const { size = 10_000, sdk = 0x000e0000, infoPlist } = fields;
  const sections = [
    { name: "__text", offset: 4096, size: 100 },
    ...(infoPlist === undefined ? [] : [{ name: "__info_plist", offset: INFO_PLIST_AT, size: infoPlist.length }]),
  ];
  const commands = [
    segmentOf("__TEXT", 0, 8192, sections),
    segmentOf("__LINKEDIT", 8192, size + RESERVED - 8192),
    ...(sdk === 0 ? [] : [command(0x32, words(1, 0x000c0000, sdk, 0))]),
    command(0x1d, words(size, RESERVED)),
  ];
  const head = imageOf(commands, { cpuType: fields.cpuType ?? 0x0100000c });
  head.writeUInt32LE(fields.fileType ?? 2, 12);
  const code = Buffer.alloc(size, 0x90);
  code.fill(0, 0, 4096);
  head.copy(code);
  code.write(infoPlist ?? "", INFO_PLIST_AT, "latin1");
  const signature = makeSignature(code);
  return Buffer.concat([code, signature, Buffer.alloc(RESERVED - signature.length)]);
}
