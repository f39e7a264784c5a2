import path from "node:path";
import { type RecordedBuild, recordBuild, writeRecord } from "@release-actions/reproducibility";
import type { ActionRunner } from "./action.gen.ts";
import type { Plan } from "./plan.ts";
import { REMAP_NAMES } from "./remap.ts";
import type { Product } from "./run-cargo.ts";

/** Hashes the products and, if a path is given, writes a manifest with the context of the build. */
export async function recordProducts(
  products: readonly Product[],
  plan: Plan,
  target: string | undefined,
  runner: ActionRunner,
): Promise<RecordedBuild> {
  const algorithms = ["blake3", "sha256"] as const;
  const context = await buildContext(plan, runner);
  const options = { name: "first build", algorithms, context, reporter: runner, signal: runner.signal };
  const build = await recordBuild(
    products.map((product) => productPattern(product, plan)),
    plan.cwd,
    options,
  );
  if (target !== undefined) writeRecord(build.manifest, target);
  return build;
}

/** With several targets each product is recorded below its target's name. */
export function productPattern({ path: file, triple }: Product, plan: Plan): string {
  return plan.targets.length > 1 ? `${triple}.${path.basename(file)}=${file}` : file;
}

/** The settings that influence the build, in values that are equal on all machines with the same settings. */
async function buildContext(plan: Plan, { exec, env }: ActionRunner): Promise<Map<string, string>> {
  const version = async (tool: string): Promise<string> =>
    (await exec(tool, ["--version"], { cwd: plan.cwd, onOutput: () => undefined })).stdout.trim();
  const names = Object.values(REMAP_NAMES).filter((name) => plan.remaps.some(({ to }) => to === name));
  const entries: [string, string][] = [
    ["target", plan.targets.map(({ triple }) => triple).join(" ")],
    ["build-command", plan.targets.map(({ args }) => `cargo ${args.join(" ")}`).join("\n")],
    ["profile", plan.profileName],
    ...Object.entries(plan.profile).map(([key, value]): [string, string] => [`profile.${key}`, value]),
    ["rustflags", [...new Set(plan.targets.map(({ portableFlags }) => portableFlags.join(" ")))].join("\n")],
    ["remapped", names.join(" ")],
    ["source-date-epoch", plan.epoch],
    ["rustc", await version("rustc")],
    ["cargo", await version("cargo")],
    ["runner-image", [env["ImageOS"], env["ImageVersion"]].filter(Boolean).join(" ")],
  ];
  return new Map(entries);
}
