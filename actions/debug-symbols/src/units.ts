import { openFileSource } from "@release-actions/archive";
import { type DebugUnit, ElfError, readDebugUnits, readElf } from "@release-actions/elf";
import { SymbolsError } from "./symbols-error.ts";

/** Where Rust's own builds compile its standard library, and what that depends on. */
const OF_RUST = /^\/(?:rustc\/[0-9a-f]{7,40}|rust\/deps)\//;

/**
 * Refuses debug information of which the part that matters is elsewhere: split off into `.dwo` files, or never made,
 * so that nothing but what comes with Rust's standard library is left.
 */
export async function requireOwnUnits(file: string, place: string): Promise<void> {
  const units = await unitsOf(file);
  const split = units.filter(({ splitOff }) => splitOff !== undefined);
  const [first] = split;
  if (first !== undefined) {
    throw new SymbolsError(
      `the debug information of ${place} is split: ${split.length} of its ${units.length} units are in files such as ${first.splitOff}, or in a .dwp`,
      {
        advice:
          'Keep it in one file: `split-debuginfo = "off"` in cargo\'s profile (CARGO_PROFILE_RELEASE_SPLIT_DEBUGINFO=off), no -gsplit-dwarf for a C compiler.',
      },
    );
  }
  const own = units.filter((unit) => !unit.isAssembly && !isOfRust(unit));
  if (units.length === 0 || own.length > 0) return;
  throw new SymbolsError(`${place} has debug information only for Rust's standard library, not for its own code`, {
    advice: "Build it with debug information: `debug = true` in cargo's profile (CARGO_PROFILE_RELEASE_DEBUG=true).",
  });
}

/** None where they cannot be read: other readers may know more forms. */
async function unitsOf(file: string): Promise<readonly DebugUnit[]> {
  const source = await openFileSource(file);
  try {
    return await readDebugUnits(await readElf(source));
  } catch (error) {
    if (error instanceof ElfError) return [];
    throw error;
  } finally {
    await source.close();
  }
}

function isOfRust({ name = "", folder = "" }: DebugUnit): boolean {
  return OF_RUST.test(name) || OF_RUST.test(`${folder}/`);
}
