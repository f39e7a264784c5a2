import { chmod, copyFile, mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { childEnv } from "@release-actions/command";
import type { ActionRunner } from "./action.gen.ts";
import { findObjcopy } from "./objcopy.ts";

export interface SplitPlaces {
  readonly binary: string;
  readonly machine: string;
  /** The path of the debug file, whether it exists already or is to be written. */
  readonly debug: string;
  readonly stripped: string;
}

/** Writes a file with only the debug information of a binary. */
export async function keepDebug({ binary, machine, debug }: SplitPlaces, runner: ActionRunner): Promise<void> {
  await makeFile(debug, async (file) => {
    await objcopy(["--only-keep-debug", binary, file], machine, runner);
    await chmod(file, 0o644);
  });
}

/** Strips a binary, and adds a debuglink to the debug file. */
export async function stripAndLink(places: SplitPlaces, runner: ActionRunner): Promise<void> {
  const { binary, machine, debug, stripped } = places;
  await makeFile(stripped, async (file) => {
    await objcopy(["--strip-all", "--remove-section=.gnu_debuglink", binary, file], machine, runner);
    await objcopy([`--add-gnu-debuglink=${debug}`, file], machine, runner);
  });
}

export async function copyTo(file: string, target: string): Promise<void> {
  await makeFile(target, (part) => copyFile(file, part));
}

/** Writes to `<name>.part` first and renames it, so that the target is always complete. */
async function makeFile(target: string, make: (part: string) => Promise<void>): Promise<void> {
  const part = `${target}.part`;
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await make(part);
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

async function objcopy(args: readonly string[], machine: string, runner: ActionRunner): Promise<void> {
  const env = { ...childEnv(runner.env), LC_ALL: "C" };
  const { program, libraries } = await findObjcopy(machine, { env, run: runner.exec });
  await runner.exec(program, args, { env: libraries === undefined ? env : { ...env, LD_LIBRARY_PATH: libraries } });
}
