import { cp, mkdir, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ActionRunner } from "./action.gen.ts";
import { wrapCompilers } from "./compiler-wrappers.ts";
import { cFlags } from "./environment.ts";
import type { Plan, TargetPlan } from "./plan.ts";
import { findRemaps, type Places, parseRemapKeys, remapFlags } from "./remap.ts";
import { type Product, runCargo } from "./run-cargo.ts";
import { type Means, surroundingsOf } from "./surroundings.ts";
import type { Variation } from "./variation.ts";
import { VARIED_FOLDERS } from "./varied-values.ts";

/** The coarsest resolution of common file times (zip entries have it): two builds within that time may look equal. */
const CLOCK_STEP_MS = 2000;
const SAME_FOLDER = "a-second";

/** Whether a copy keeps the modification times of its files, or has new ones as another checkout has. */
type CopyKind = "kept-times" | "new-times";

/**
 * Builds copies of the workspace from scratch, each time in a given environment. Builds begin at least two seconds apart.
 * `round` distinguishes builds with the same variations.
 */
export type BuildElsewhere = (
  varied: readonly Variation[],
  round: number,
) => Promise<{ plan: Plan; products: Product[] }>;

/** Prepares further builds below a folder. */
export function elsewhereBuilder(first: Plan, runner: ActionRunner, folder: string, means: Means): BuildElsewhere {
  const placeCopy = copyPlacer(first.places, folder);
  let started = -CLOCK_STEP_MS;
  return async (varied, round) => {
    const copy = path.join(folder, varied.includes("path") ? VARIED_FOLDERS.workspace : SAME_FOLDER, "workspace");
    await placeCopy(varied.includes("file-times") ? "new-times" : "kept-times", copy);
    const home = path.join(folder, VARIED_FOLDERS.home);
    await mkdir(home, { recursive: true });
    const cargoHome = varied.includes("home") ? await linkCargoHome(first.places, home) : first.places.cargoHome;
    const plan = await planFor(first, copy, cargoHome, runner);
    const { rustupHome } = plan.places;
    const { CARGO_TARGET_DIR: _first, ...rest } = runner.env;
    const fixed: NodeJS.ProcessEnv = {
      // Build offline: the first build downloaded everything, and with a changed clock certificates would be invalid.
      ...rest,
      CARGO_HOME: cargoHome,
      CARGO_NET_OFFLINE: "true",
      ...(rustupHome === undefined ? {} : { RUSTUP_HOME: rustupHome }),
    };
    const others = surroundingsOf(varied, means, fixed, { home, round });
    // Small programs are built within a second, and the time in two of them would be the same.
    await sleep(Math.max(0, started + CLOCK_STEP_MS - performance.now()));
    started = performance.now();
    const before = others.umask === undefined ? undefined : process.umask(others.umask);
    try {
      return {
        plan,
        products: await runCargo(plan, others.env, runner, others),
      };
    } finally {
      if (before !== undefined) process.umask(before);
    }
  };
}

/** Puts a copy of the workspace without build output into a folder. */
function copyPlacer({ workspace, targetFolder }: Places, folder: string) {
  /** The current folder of each copy. Copies are moved, not copied again, so that files keep their creation times. */
  const copies = new Map<CopyKind, string>();
  return async (kind: CopyKind, place: string): Promise<void> => {
    for (const [other, occupied] of copies) {
      if (other === kind || occupied !== place) continue;
      const aside = path.join(folder, other, "workspace");
      await move(place, aside);
      copies.set(other, aside);
    }
    const present = copies.get(kind);
    if (present === undefined) {
      await mkdir(path.dirname(place), { recursive: true });
      const built = [targetFolder, path.join(workspace, "target")];
      const options = { recursive: true, verbatimSymlinks: true, preserveTimestamps: kind === "kept-times" };
      await sleep(CLOCK_STEP_MS);
      await cp(workspace, place, { ...options, filter: (file) => !built.includes(file) });
    } else {
      await rm(path.join(present, "target"), { recursive: true, force: true });
      await move(present, place);
    }
    copies.set(kind, place);
  };
}

/** Links cargo's home folder to another path, so that the paths of the registry differ too. */
async function linkCargoHome({ cargoHome }: Places, home: string): Promise<string> {
  const link = path.join(home, ".cargo");
  try {
    await symlink(cargoHome, link, "junction");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return link;
}

async function planFor(plan: Plan, copy: string, cargoHome: string, { inputs, env }: ActionRunner): Promise<Plan> {
  const places = { ...plan.places, cargoHome, workspace: copy, targetFolder: undefined };
  const remaps = findRemaps(parseRemapKeys(inputs.remap), places);
  const targets = plan.targets.map(
    (target): TargetPlan => ({
      ...target,
      rustflags: [...target.portableFlags, ...(plan.trimsPaths ? [] : remapFlags(remaps))],
    }),
  );
  const folder = path.join(copy, "../compilers");
  return {
    ...plan,
    places,
    remaps,
    targets,
    cwd: path.join(copy, path.relative(plan.places.workspace, plan.cwd)),
    env: { ...plan.env, ...(plan.cFlagsBy === "variables" ? cFlags(remaps, env) : {}) },
    compilers: plan.cFlagsBy === "wrappers" ? await wrapCompilers(remaps, env, folder) : undefined,
  };
}

async function move(from: string, to: string): Promise<void> {
  if (from === to) return;
  await mkdir(path.dirname(to), { recursive: true });
  await rename(from, to);
}
