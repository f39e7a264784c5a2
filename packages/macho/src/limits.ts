/** Limits for untrusted files. Real binaries are far below them, and files above them are refused. */

/**
 * Architectures of a fat file. A Java class file has the same magic number, and its version, 45 or more, is at the
 * position of this count.
 */
export const MAX_FAT_ARCHES = 32;

export const MAX_LOAD_COMMANDS = 4096;

/** Blobs of one code signature; the format defines twenty slots. */
export const MAX_SIGNATURE_BLOBS = 64;

/** Requirements of a signature; five kinds are defined. */
export const MAX_REQUIREMENTS = 32;

/** The nesting of a requirement expression, and the number of its terms. */
export const MAX_REQUIREMENT_DEPTH = 64;
export const MAX_REQUIREMENT_TERMS = 4096;

/** The size of entitlements and CMS is limited first, since other parsers read them. */
export const MAX_ENTITLEMENTS_BYTES = 1 << 20;
export const MAX_CMS_BYTES = 1 << 20;

/** The nesting of a property list, in XML and in DER. */
export const MAX_PLIST_DEPTH = 16;

/** The longest identifier, team, path or segment name that is read. */
export const MAX_STRING_BYTES = 4096;
