/** What a file may ask of us. Real binaries stay far below; hostile ones are refused, not served. */

/** Architectures of a fat file. A Java class file has the same magic, and its version, 45 or more, lies here. */
export const MAX_FAT_ARCHES = 32;

export const MAX_LOAD_COMMANDS = 4096;

/** Blobs of one code signature; the format defines twenty slots. */
export const MAX_SIGNATURE_BLOBS = 64;

/** Requirements of a signature; five kinds are defined. */
export const MAX_REQUIREMENTS = 32;

/** Nesting of a requirement expression, and the number of its terms. */
export const MAX_REQUIREMENT_DEPTH = 64;
export const MAX_REQUIREMENT_TERMS = 4096;

/** Entitlements and CMS are handed to other parsers, so their size is bounded first. */
export const MAX_ENTITLEMENTS_BYTES = 1 << 20;
export const MAX_CMS_BYTES = 1 << 20;

/** Nesting of a property list, in XML and in DER. */
export const MAX_PLIST_DEPTH = 16;

/** Longest identifier, team, path or segment name that is read. */
export const MAX_STRING_BYTES = 4096;
