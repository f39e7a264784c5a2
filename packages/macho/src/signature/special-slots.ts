import { createHash } from "node:crypto";
import type { MachoImage } from "../image.ts";
import { infoPlistText } from "./binary-plist.ts";
import type { CodeDirectory } from "./code-directory.ts";
import type { CodeSignature } from "./superblob.ts";

/** Special slots whose content is in the bundle around the program. */
export const BUNDLE_SLOT = { infoPlist: 1, resources: 3 } as const;

/**
 * Special slots (cs_blobs.h) whose content is a blob of the signature itself. Slots 1 and 3 are for files of the bundle
 * around the program (or slot 1 for a property list inside the program), slot 6 for a disk image.
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

/** The names of the parts that differ from the CodeDirectory because they were changed, added or removed after signing. */
export function changedSlots(signature: CodeSignature, directory: CodeDirectory): string[] {
  return Object.entries(SLOT_NAMES).flatMap(([key, name]) => {
    const slot = Number(key);
    const content = signature.blobs.get(slot)?.bytes;
    const isAsSigned =
      content === undefined ? !directory.specialHashes.has(slot) : matchesSlot(directory, slot, content);
    return isAsSigned ? [] : [name];
  });
}

/** The bytes of the property list in the program itself (section `__TEXT,__info_plist`); undefined if there is none. */
export function embeddedInfoPlist({ segments, bytes }: MachoImage): Uint8Array | undefined {
  const sections = segments.flatMap((segment) => segment.sections);
  const section = sections.find(({ segment, name }) => segment === "__TEXT" && name === "__info_plist");
  if (section === undefined || section.zeroFill || section.offset + section.size > bytes.length) return undefined;
  return bytes.subarray(section.offset, section.offset + section.size);
}

/** `CFBundleIdentifier` in the property list of the program; undefined if there is none. */
export async function bundleIdentifierOf(image: MachoImage): Promise<string | undefined> {
  const list = embeddedInfoPlist(image);
  return (list && (await infoPlistText(list, "CFBundleIdentifier"))) || undefined;
}

/** Whether the content has the hash that the slot was signed with. */
export function matchesSlot(
  { hash, specialHashes }: Pick<CodeDirectory, "hash" | "specialHashes">,
  slot: number,
  content: Uint8Array,
): boolean {
  const digest = createHash(hash.algorithm).update(content).digest().subarray(0, hash.size);
  const wanted = specialHashes.get(slot);
  return wanted !== undefined && digest.equals(wanted);
}
