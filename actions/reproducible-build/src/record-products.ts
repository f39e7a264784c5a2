import path from "node:path";
import { type RecordedBuild, type RecordOptions, recordBuild, writeRecord } from "@release-actions/reproducibility";
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
  const context = await buildContext(plan, runner);
  const options = { name: "first build", algorithms: ["blake3", "sha256"], context } as const;
  const build = await hashProducts(products, plan, options, runner);
  if (target !== undefined) writeRecord(build.manifest, target);
  return build;
}

/** Hashes the products. With several targets each is recorded below its target's name. */
export async function hashProducts(
  products: readonly Product[],
  { targets, cwd }: Plan,
  options: Pick<RecordOptions, "name" | "algorithms" | "context">,
  runner: ActionRunner,
): Promise<RecordedBuild> {
  const patterns = products.map(({ path: file, triple }) =>
    targets.length > 1 ? `${triple}.${path.basename(file)}=${file}` : file,
  );
  return await recordBuild(patterns, cwd, { ...options, reporter: runner, signal: runner.signal });
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
