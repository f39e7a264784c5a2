export { type DebugState, debugLinkChecksum, debugState } from "./debug.ts";
export { type DebugUnit, readDebugUnits } from "./dwarf-units.ts";
export { type ElfFile, type ElfSection, type ElfSegment, findSection, isElf, readElf, readSection } from "./elf.ts";
export { ElfError } from "./error.ts";
export { type FunctionRange, readFunctionRanges } from "./frames.ts";
export {
  type DynamicEntry,
  type Linkage,
  readDynamic,
  readInterpreter,
  readLinkage,
  strippedState,
} from "./linkage.ts";
export { machineName, machineOfTarget } from "./machine.ts";
export { isOlderGlibc, lowestGlibc, type NeededVersion, readNeededVersions } from "./needed-versions.ts";
export { type ElfNote, readBuildId, readComments, readDebugLink, readNotes } from "./notes.ts";
export { type ElfSymbol, readSymbols, type SymbolType } from "./symbols.ts";
