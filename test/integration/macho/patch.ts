import { readMacho } from "@release-actions/macho";

/** Overwrites versions in LC_BUILD_VERSION of a thin, unsigned file. Versions are packed as 16.8.8 bits. */
export function patchBuildVersion(bytes: Buffer, versions: { minimumOs?: number; sdk?: number }): undefined {
  const at = commandOffset(bytes, "LC_BUILD_VERSION");
  if (versions.minimumOs !== undefined) bytes.writeUInt32LE(versions.minimumOs, at + 12);
  if (versions.sdk !== undefined) bytes.writeUInt32LE(versions.sdk, at + 16);
  return undefined;
}

/** Where a load command of a thin file lies. */
export function commandOffset(bytes: Buffer, name: string): number {
  const command = readMacho(bytes).images[0]?.loadCommands.find((candidate) => candidate.name === name);
  if (command === undefined) throw new Error(`no ${name}`);
  return command.offset;
}
