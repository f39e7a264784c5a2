import { cp, mkdir, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ActionRunner } from "./action.gen.ts";
import { wrapCompilers } from "./compiler-wrappers.ts";
import { cFlags } from "./environment.ts";
import type { Plan, TargetPlan } from "./plan.ts";
import { findRemaps, parseRemapKeys, remapFlags } from "./remap.ts";
import { type Product, runCargo } from "./run-cargo.ts";
import { type Means, surroundingsOf } from "./surroundings.ts";
import type { Variation } from "./variation.ts";
import { VARIED_FOLDERS } from "./varied-values.ts";

/** The coarsest resolution of common file times (zip entries have it): two builds within that time may look equal. */
const CLOCK_STEP_MS = 2000;
const SAME_FOLDER = "a-second";

/** Whether a copy keeps the modification times of its files, or has new ones as another checkout has. */
type CopyKind = "kept-times" | "new-times";

/** Builds copies of the workspace from scratch, each time in a given environment. */
export class ElsewhereBuilder {
  readonly #plan: Plan;
  readonly #runner: ActionRunner;
  readonly #folder: string;
  readonly #means: Means;
  /** The current folder of each copy. Copies are moved, not copied again, so that files keep their creation times. */
  readonly #copies = new Map<CopyKind, string>();

  constructor(plan: Plan, runner: ActionRunner, folder: string, means: Means) {
    this.#plan = plan;
    this.#runner = runner;
    this.#folder = folder;
    this.#means = means;
  }

  /** Makes one more build; returns its plan and products. `round` distinguishes builds with the same variations. */
  async build(varied: readonly Variation[], round = 0): Promise<{ plan: Plan; products: Product[] }> {
    const { inputs, env } = this.#runner;
    const copy = path.join(this.#folder, varied.includes("path") ? VARIED_FOLDERS.workspace : SAME_FOLDER, "workspace");
    await this.#placeCopy(varied.includes("file-times") ? "new-times" : "kept-times", copy);
    const home = path.join(this.#folder, VARIED_FOLDERS.home);
    await mkdir(home, { recursive: true });
    const cargoHome = varied.includes("home") ? await this.#cargoHomeIn(home) : this.#plan.places.cargoHome;
    const plan = await this.#planFor(copy, cargoHome, inputs.remap);
    const { rustupHome } = plan.places;
    const { CARGO_TARGET_DIR: _first, ...rest } = env;
    const fixed: NodeJS.ProcessEnv = {
      // Build offline: the first build downloaded everything, and with a changed clock certificates would be invalid.
      ...rest,
      CARGO_HOME: cargoHome,
      CARGO_NET_OFFLINE: "true",
      ...(rustupHome === undefined ? {} : { RUSTUP_HOME: rustupHome }),
    };
    const others = surroundingsOf(varied, this.#means, fixed, { home, round });
    const before = others.umask === undefined ? undefined : process.umask(others.umask);
    try {
      const options = { extra: others.args, wrapper: others.wrapper };
      return { plan, products: await runCargo(plan, others.env, this.#runner, options) };
    } finally {
      if (before !== undefined) process.umask(before);
    }
  }

  /** Puts a copy of the workspace without build output into a folder. */
  async #placeCopy(kind: CopyKind, place: string): Promise<void> {
    for (const [other, occupied] of this.#copies) {
      if (other === kind || occupied !== place) continue;
      const aside = path.join(this.#folder, other, "workspace");
      await move(place, aside);
      this.#copies.set(other, aside);
    }
    const present = this.#copies.get(kind);
    if (present === undefined) await this.#copyWorkspace(kind, place);
    else {
      await rm(path.join(present, "target"), { recursive: true, force: true });
      await move(present, place);
    }
    this.#copies.set(kind, place);
  }

  async #copyWorkspace(kind: CopyKind, copy: string): Promise<void> {
    const { workspace, targetFolder } = this.#plan.places;
    await mkdir(path.dirname(copy), { recursive: true });
    const built = [targetFolder, path.join(workspace, "target")];
    const options = { recursive: true, verbatimSymlinks: true, preserveTimestamps: kind === "kept-times" };
    await sleep(CLOCK_STEP_MS);
    await cp(workspace, copy, { ...options, filter: (file) => !built.includes(file) });
  }

  /** Links cargo's home folder to another path, so that the paths of the registry differ too. */
  async #cargoHomeIn(home: string): Promise<string> {
    const { cargoHome } = this.#plan.places;
    const link = path.join(home, ".cargo");
    try {
      await symlink(cargoHome, link, "junction");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    return link;
  }

  async #planFor(copy: string, cargoHome: string, remap: readonly string[]): Promise<Plan> {
    const plan = this.#plan;
    const places = { ...plan.places, cargoHome, workspace: copy, targetFolder: undefined };
    const remaps = findRemaps(parseRemapKeys(remap), places);
    const targets = plan.targets.map(
      (target): TargetPlan => ({
        ...target,
        rustflags: [...target.portableFlags, ...(plan.trimsPaths ? [] : remapFlags(remaps))],
      }),
    );
    const { env } = this.#runner;
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
}

async function move(from: string, to: string): Promise<void> {
  if (from === to) return;
  await mkdir(path.dirname(to), { recursive: true });
  await rename(from, to);
}
