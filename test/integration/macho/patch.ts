import { readMacho } from "@release-actions/macho";

/** Overwrites versions in LC_BUILD_VERSION of a thin, unsigned file. Versions are packed as 16.8.8 bits. */
export function patchBuildVersion(bytes: Buffer, versions: { minimumOs?: number; sdk?: number }): undefined {
  const at = commandOffset(bytes, "LC_BUILD_VERSION");
  if (versions.minimumOs !== undefined) bytes.writeUInt32LE(versions.minimumOs, at + 12);
  if (versions.sdk !== undefined) bytes.writeUInt32LE(versions.sdk, at + 16);
  return undefined;
}

/** The offset in bytes of a load command in a thin file. */
export function commandOffset(bytes: Buffer, name: string): number {
  const command = readMacho(bytes)[0]?.loadCommands.find((candidate) => candidate.name === name);
  if (command === undefined) throw new Error(`no ${name}`);
  return command.offset;
}

/** An offset in the free space that Go's linker leaves after the load commands, up to the first section at 4096. */
export const INFO_PLIST_OFFSET = 3072;

/**
 * Puts a property list into a thin, 64-bit file as `ld -sectcreate __TEXT __info_plist` does: adds a section to the
 * segment `__TEXT` (mach-o/loader.h, `section_64`), whose content is after the load commands.
 */
export function embedInfoPlist(bytes: Buffer, list: string): undefined {
  const [image] = readMacho(bytes);
  const text = image?.loadCommands.find(
    ({ name, offset }) => name === "LC_SEGMENT_64" && bytes.toString("latin1", offset + 8, offset + 14) === "__TEXT",
  );
  if (text === undefined) throw new Error("no segment __TEXT");
  const [at, sizeOfCommands] = [text.offset + text.size, bytes.readUInt32LE(20)];
  if (32 + sizeOfCommands + SECTION_BYTES + 16 > INFO_PLIST_OFFSET) throw new Error("no room for a section");
  bytes.copyWithin(at + SECTION_BYTES, at, 32 + sizeOfCommands);
  const section = Buffer.alloc(SECTION_BYTES);
  section.write("__info_plist", 0);
  section.write("__TEXT", 16);
  section.writeBigUInt64LE(bytes.readBigUInt64LE(text.offset + 24) + BigInt(INFO_PLIST_OFFSET), 32);
  section.writeBigUInt64LE(BigInt(list.length), 40);
  section.writeUInt32LE(INFO_PLIST_OFFSET, 48);
  section.copy(bytes, at);
  bytes.write(list, INFO_PLIST_OFFSET, "latin1");
  bytes.writeUInt32LE(text.size + SECTION_BYTES, text.offset + 4);
  bytes.writeUInt32LE(bytes.readUInt32LE(text.offset + 64) + 1, text.offset + 64);
  bytes.writeUInt32LE(sizeOfCommands + SECTION_BYTES, 20);
  return undefined;
}

const SECTION_BYTES = 80;
