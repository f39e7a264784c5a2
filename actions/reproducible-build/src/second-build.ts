import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cFlags } from "./environment.ts";
import type { Plan, TargetPlan } from "./plan.ts";
import { findRemaps, parseRemapKeys, remapFlags } from "./remap.ts";
import { type CargoServices, type Product, runCargo } from "./run-cargo.ts";

/** Whatever a build should not depend on, made different from how runners have it. */
const OTHER_SURROUNDINGS = {
  TZ: "Asia/Kathmandu",
  LANG: "tr_TR.UTF-8",
  LC_ALL: "C.UTF-8",
  USER: "someone-else",
  LOGNAME: "someone-else",
  USERNAME: "someone-else",
  HOSTNAME: "another-host",
};
const OTHER_UMASK = 0o027;
/** The coarsest step in which files commonly hold a time, that of a zip's entries: two builds within it look alike. */
const CLOCK_STEP_MS = 2000;

/** Copies the workspace to another folder and builds it there, later, in other surroundings and with one job. */
export async function buildAgain(
  plan: Plan,
  remap: readonly string[],
  folder: string,
  env: Readonly<NodeJS.ProcessEnv>,
  services: CargoServices,
): Promise<Product[]> {
  const { workspace, targetFolder } = plan.places;
  // Deeper than the first, so that paths differ in length as well.
  const copy = path.join(folder, "a-second/and-deeper/folder");
  await mkdir(path.dirname(copy), { recursive: true });
  const built = [targetFolder, path.join(workspace, "target")];
  const copying = cp(workspace, copy, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: (file) => !built.includes(file),
  });
  await Promise.all([copying, sleep(CLOCK_STEP_MS)]);

  const places = { ...plan.places, workspace: copy, targetFolder: undefined };
  const remaps = findRemaps(parseRemapKeys(remap), places);
  const targets = plan.targets.map(
    (target): TargetPlan => ({ ...target, rustflags: [...target.portableFlags, ...remapFlags(remaps)] }),
  );
  const { CARGO_TARGET_DIR: _first, ...rest } = env;
  const again: Plan = {
    ...{ ...plan, places, remaps, targets, cwd: path.join(copy, path.relative(workspace, plan.cwd)) },
    env: { ...plan.env, ...(plan.env["CFLAGS"] === undefined ? {} : cFlags(remaps, env)), ...OTHER_SURROUNDINGS },
  };
  const before = process.umask(OTHER_UMASK);
  try {
    return await runCargo(again, rest, services, ["--jobs", "1"]);
  } finally {
    process.umask(before);
  }
}
