import { createHash } from "node:crypto";
import type { CodeDirectory } from "./code-directory.ts";
import type { CodeSignature } from "./superblob.ts";

/**
 * Special slots (cs_blobs.h) whose content is a blob of the signature itself. Slots 1, 3 and 6 cover
 * the bundle or disk image around the binary.
 */
const SLOT_NAMES: Readonly<Record<number, string>> = {
  2: "requirements",
  5: "entitlements",
  7: "DER entitlements",
  8: "launch constraints of the program",
  9: "launch constraints of the parent",
  10: "launch constraints of the responsible process",
  11: "library constraints",
};

/** Names the parts that are not what the CodeDirectory says: changed, added or removed after signing. */
export function changedSlots(signature: CodeSignature, directory: CodeDirectory): string[] {
  const { algorithm, size } = directory.hash;
  return Object.entries(SLOT_NAMES).flatMap(([key, name]) => {
    const slot = Number(key);
    const wanted = directory.specialHashes.get(slot);
    const content = signature.blobs.find((blob) => blob.slot === slot)?.bytes;
    if (content === undefined || wanted === undefined) return content === wanted ? [] : [name];
    const digest = createHash(algorithm).update(content).digest().subarray(0, size);
    return digest.compare(wanted) === 0 ? [] : [name];
  });
}
