import { cp, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { BuildRunner } from "./build-runner.ts";
import { wrapCompilers } from "./compiler-wrappers.ts";
import { cFlags } from "./environment.ts";
import type { Plan, TargetPlan } from "./plan.ts";
import { findRemaps, parseRemapKeys, remapFlags } from "./remap.ts";
import { type Product, runCargo } from "./run-cargo.ts";
import { type Means, surroundingsOf } from "./surroundings.ts";
import type { Variation } from "./variation.ts";

/** The coarsest step in which files commonly hold a time, that of a zip's entries: two builds within it look alike. */
const CLOCK_STEP_MS = 2000;
/** Deeper than most workspaces, and of two lengths, so that paths differ in length as well. */
const FOLDERS = { same: "a-second", other: "another/and-deeper/folder" } as const;

/** Builds copies of the workspace, each time from nothing, in the surroundings that are asked for. */
export class ElsewhereBuilder {
  readonly #plan: Plan;
  readonly #runner: BuildRunner;
  readonly #folder: string;
  readonly #means: Means;
  #copied = new Set<string>();

  constructor(plan: Plan, runner: BuildRunner, folder: string, means: Means) {
    this.#plan = plan;
    this.#runner = runner;
    this.#folder = folder;
    this.#means = means;
  }

  /** The plan and the products of one more build. `round` tells apart builds that vary the same. */
  async build(varied: readonly Variation[], round = 0): Promise<{ plan: Plan; products: Product[] }> {
    const { inputs, env } = this.#runner;
    const copy = path.join(this.#folder, varied.includes("path") ? FOLDERS.other : FOLDERS.same, "workspace");
    await this.#copyWorkspace(copy);
    const plan = await this.#planFor(copy, inputs.remap);
    const home = path.join(this.#folder, "a-home");
    await mkdir(home, { recursive: true });
    const { cargoHome, rustupHome } = plan.places;
    const { CARGO_TARGET_DIR: _first, ...rest } = env;
    const fixed: NodeJS.ProcessEnv = {
      // All that cargo needs was fetched for the first build; a clock of another year would fail at certificates.
      ...{ ...rest, CARGO_HOME: cargoHome, CARGO_NET_OFFLINE: "true" },
      ...(rustupHome === undefined ? {} : { RUSTUP_HOME: rustupHome }),
    };
    const others = surroundingsOf(varied, this.#means, fixed, { home, round });
    const before = others.umask === undefined ? undefined : process.umask(others.umask);
    try {
      const services = { exec: this.#runner.exec, info: (text: string) => this.#runner.info(text) };
      const options = { extra: others.args, wrapper: others.wrapper };
      return { plan, products: await runCargo(plan, others.env, services, options) };
    } finally {
      if (before !== undefined) process.umask(before);
    }
  }

  /** A fresh copy the first time; afterwards without what was built. */
  async #copyWorkspace(copy: string): Promise<void> {
    const { workspace, targetFolder } = this.#plan.places;
    if (this.#copied.has(copy)) {
      await rm(path.join(copy, "target"), { recursive: true, force: true });
      return;
    }
    await mkdir(path.dirname(copy), { recursive: true });
    const built = [targetFolder, path.join(workspace, "target")];
    const options = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true };
    await Promise.all([
      cp(workspace, copy, { ...options, filter: (file) => !built.includes(file) }),
      sleep(CLOCK_STEP_MS),
    ]);
    this.#copied.add(copy);
  }

  async #planFor(copy: string, remap: readonly string[]): Promise<Plan> {
    const plan = this.#plan;
    const places = { ...plan.places, workspace: copy, targetFolder: undefined };
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
      ...{ ...plan, places, remaps, targets, cwd: path.join(copy, path.relative(plan.places.workspace, plan.cwd)) },
      env: { ...plan.env, ...(plan.cFlagsBy === "variables" ? cFlags(remaps, env) : {}) },
      compilers: plan.cFlagsBy === "wrappers" ? await wrapCompilers(remaps, env, folder) : undefined,
    };
  }
}
