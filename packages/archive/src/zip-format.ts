/**
 * Record signatures and fixed lengths of the zip format; section numbers throughout are those of
 * PKWARE's APPNOTE.TXT 6.3.10.
 */
export const SIGNATURE = {
  localHeader: 0x04034b50,
  dataDescriptor: 0x08074b50,
  centralHeader: 0x02014b50,
  zip64End: 0x06064b50,
  zip64Locator: 0x07064b50,
  end: 0x06054b50,
} as const;

/** Lengths of the records in bytes, including the signature, but without names and extra fields. */
export const LENGTH = { localHeader: 30, centralHeader: 46, zip64End: 56, zip64Locator: 20, end: 22 } as const;

/** The values of 16-bit and 32-bit fields whose real value is in a zip64 record. */
export const IN_ZIP64 = { u16: 0xffff, u32: 0xffffffff } as const;

/** General purpose flags (4.4.4) that are supported; any other flag changes how the data must be read. */
export const FLAG = { deflateOption: 0b110, dataDescriptor: 1 << 3, utf8: 1 << 11 } as const;
export const ENCRYPTION_FLAGS = (1 << 0) | (1 << 6) | (1 << 13);

/** The version for zip64 in "version needed to extract" (4.4.3); later ones add unsupported methods and encryption. */
export const MAX_VERSION_NEEDED = 45;

export const METHODS = { 0: "stored", 8: "deflate" } as const;
export type ZipMethod = (typeof METHODS)[keyof typeof METHODS];

/** The most entries. For comparison, the zip of the Go toolchain has 11,524. */
export const MAX_ENTRIES = 100_000;
export const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;
