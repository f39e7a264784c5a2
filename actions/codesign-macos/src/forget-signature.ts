import { readFile, writeFile } from "node:fs/promises";
import { readMacho } from "@release-actions/macho";

/** `SuperBlob` of cs_blobs.h: magic, length, count. */
const SUPERBLOB_MAGIC = 0xfade0cc0;
const COUNT_OFFSET = 8;

/**
 * Empties the signature of each architecture of a file. Otherwise rcodesign would carry over the entitlements, flags
 * and requirements of the earlier signature, which `codesign --force` does not do.
 */
export async function forgetSignature(file: string): Promise<void> {
  const bytes = await readFile(file);
  let hasChanged = false;
  for (const { start, codeSignature } of readMacho(bytes)) {
    if (codeSignature === undefined || codeSignature.size < COUNT_OFFSET + 4) continue;
    const at = start + codeSignature.offset;
    if (bytes.readUInt32BE(at) !== SUPERBLOB_MAGIC) continue;
    bytes.writeUInt32BE(0, at + COUNT_OFFSET);
    hasChanged = true;
  }
  if (hasChanged) await writeFile(file, bytes);
}
