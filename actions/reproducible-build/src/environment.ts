import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { prefixMapFlags, type Remap } from "./remap.ts";

/** Variables from which the `cc` crate reads C and C++ flags. The most specific one that is set hides the others. */
const C_FLAGS = /^(?:TARGET_|HOST_)?(?:C|CXX)FLAGS(?:_.+)?$/;

/** C and C++ flags for crates that compile such code: the existing flags, followed by the prefix maps. */
export function cFlags(remaps: readonly Remap[], env: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  const added = prefixMapFlags(remaps);
  if (added.length === 0) return {};
  const present = Object.keys(env).filter((name) => C_FLAGS.test(name));
  return Object.fromEntries(
    [...new Set(["CFLAGS", "CXXFLAGS", ...present])].map((name) => [
      name,
      [env[name] ?? "", ...added].join(" ").trim(),
    ]),
  );
}

/** The earliest time that a zip can store (APPNOTE 4.4.6): many packers refuse an earlier one. */
const FIRST_OF_ZIP = "315532800";

/** The value of SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/). */
export async function sourceDateEpoch(input: string, cwd: string, runner: ActionRunner): Promise<string> {
  if (input === "commit") {
    const args = ["-C", cwd, "log", "-1", "--format=%ct"];
    const { exitCode, stdout } = await runner.exec("git", args, { check: false, onOutput: () => undefined });
    if (exitCode === 0 && stdout.trim() !== "") return stdout.trim();
    runner.info(
      `${cwd} is not in a git checkout with a commit: SOURCE_DATE_EPOCH is ${FIRST_OF_ZIP}, the start of 1980`,
    );
    return FIRST_OF_ZIP;
  }
  if (!/^(0|[1-9]\d{0,11})$/.test(input)) {
    throw new Fault(`input \`source-date-epoch\` is "${input}", expected seconds since 1970 or \`commit\``);
  }
  if (Number(input) * 1000 > Date.now()) {
    throw new Fault(`input \`source-date-epoch\` is ${input}, which is in the future; expected seconds since 1970`);
  }
  if (Number(input) < Number(FIRST_OF_ZIP)) {
    const message = `SOURCE_DATE_EPOCH is ${input}, before 1980: programs that pack zips refuse it`;
    runner.problem({ level: "notice", message });
  }
  return input;
}
