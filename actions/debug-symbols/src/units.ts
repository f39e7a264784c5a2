import { openFileSource } from "@release-actions/archive";
import { type DebugUnit, ElfError, readDebugUnits, readElf } from "@release-actions/elf";
import { countOf, Fault } from "@release-actions/report";

/** The folders in which Rust's own builds compile the standard library and its dependencies. */
const OF_RUST = /^\/(?:rustc\/[0-9a-f]{7,40}|rust\/deps)\//;

/**
 * Refuses a debug file without the debug information of the program itself: it may be split off into `.dwo` files, or
 * was never generated, so that only that of Rust's standard library is there.
 */
export async function requireOwnUnits(file: string, place: string): Promise<void> {
  const units = await unitsOf(file);
  const split = units.filter(({ splitOff }) => splitOff !== undefined);
  const [first] = split;
  if (first !== undefined) {
    throw new Fault(
      `the debug information of ${place} is split: ${split.length} of its ${countOf(units.length, "unit")} ${split.length === 1 ? "is" : "are"} in a file such as ${first.splitOff}, or in a .dwp`,
      {
        advice:
          'Keep it in one file: `split-debuginfo = "off"` in cargo\'s profile (CARGO_PROFILE_RELEASE_SPLIT_DEBUGINFO=off), no -gsplit-dwarf for a C compiler.',
      },
    );
  }
  const own = units.filter((unit) => !unit.isAssembly && !isOfRust(unit));
  if (units.length === 0 || own.length > 0) return;
  throw new Fault(`${place} has debug information only for Rust's standard library, not for its own code`, {
    advice: "Build it with debug information: `debug = true` in cargo's profile (CARGO_PROFILE_RELEASE_DEBUG=true).",
  });
}

/** The units of a file; empty when this reader cannot read them, since debuggers may know more DWARF forms. */
async function unitsOf(file: string): Promise<readonly DebugUnit[]> {
  await using source = await openFileSource(file);
  try {
    return await readDebugUnits(await readElf(source));
  } catch (error) {
    if (error instanceof ElfError) return [];
    throw error;
  }
}

function isOfRust({ name = "", folder = "" }: DebugUnit): boolean {
  return OF_RUST.test(name) || OF_RUST.test(`${folder}/`);
}
