import { openFileSource } from "@release-actions/archive";
import {
  type DebugState,
  debugLinkChecksum,
  debugState,
  ElfError,
  readBuildId,
  readDebugLink,
  readElf,
  strippedState,
} from "@release-actions/elf";
import { Fault } from "@release-actions/report";

/** The properties of one ELF file that matter here. */
export interface Inspected {
  readonly file: string;
  readonly type: string;
  readonly machine: string;
  /** In hex; undefined when the linker wrote none. */
  readonly buildId: string | undefined;
  readonly state: DebugState;
  /** Whether it has the symbol table that `strip` removes. */
  readonly hasSymbols: boolean;
  readonly debugLink: { readonly file: string; readonly crc32: number } | undefined;
  /** In bytes. */
  readonly size: number;
}

/** @throws Fault naming the file when it is not an ELF file, or a damaged one */
export async function inspect(file: string): Promise<Inspected> {
  await using source = await openFileSource(file);
  try {
    const elf = await readElf(source);
    return {
      file,
      type: elf.type,
      machine: elf.machine,
      buildId: (await readBuildId(elf))?.hex,
      state: debugState(elf),
      hasSymbols: !strippedState(elf).symbols,
      debugLink: await readDebugLink(elf),
      size: source.size,
    };
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    throw new Fault(`${file}: ${error.message}`, { cause: error });
  }
}

/** The CRC that a debuglink to this file must have. */
export async function checksumOf(file: string): Promise<number> {
  await using source = await openFileSource(file);
  return await debugLinkChecksum(source);
}
