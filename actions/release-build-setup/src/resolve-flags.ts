import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import {
  type CargoConfig,
  configEnvironment,
  loadConfig,
  printCfg,
  type ResolvedFlags,
  type RustcQuestion,
  resolveRustflags,
} from "@release-actions/cargo";
import type { ActionRunner } from "./action.gen.ts";
import { SetupError } from "./fault.ts";
import { type FlagPlan, planFlags } from "./flags.ts";

const DEFAULT_FROM = ".cargo/config.toml";
/** The variable with the flags that an earlier step with this action exported, to tell them from the workflow's. */
export const MARKER = "RELEASE_BUILD_SETUP_RUSTFLAGS";

type Inputs = ActionRunner["inputs"];

export interface ResolvedPlan extends FlagPlan {
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

/** The flags that cargo would use for the targets of a job. @throws SetupError when the targets need different ones */
export async function resolveFlags(
  inputs: Inputs,
  targets: readonly string[],
  question: RustcQuestion,
): Promise<ResolvedPlan> {
  const config = findConfig(inputs["rustflags-from"], question);
  const env = flagEnvironment(inputs, question.env);
  const rules = { exclude: inputs["rustflags-exclude"], extra: inputs["rustflags-extra"] ?? "" };
  const plans: { target: string; resolved: ResolvedFlags; plan: FlagPlan }[] = [];
  for (const target of targets) {
    const ask = (flags: readonly string[]) =>
      printCfg({ ...question, env: configEnvironment(config, env) }, target, flags);
    const resolved = await resolveRustflags({ config, env, target, printCfg: ask });
    plans.push({ target, resolved, plan: planFlags(resolved, rules) });
  }
  const [first, ...others] = plans;
  if (first === undefined) throw new SetupError("there is no target to build for");
  for (const { target, plan } of others) {
    if (plan.rustflags === first.plan.rustflags) continue;
    throw new SetupError(
      `the targets of this job need different flags, and RUSTFLAGS is one variable for all of them:\n  ${first.target}: ${first.plan.rustflags || "(none)"}\n  ${target}: ${plan.rustflags || "(none)"}`,
      {
        advice: "Build them in separate jobs, or make the flags equal with `rustflags-exclude` and `rustflags-extra`.",
      },
    );
  }
  refuseHidden(question.env, first.plan.rustflags, question.env[MARKER]);
  const warnings = new Set([...config.warnings, ...plans.flatMap(({ resolved }) => resolved.warnings)]);
  if (first.resolved.source === "RUSTFLAGS" && first.resolved.overridden.length > 0) {
    warnings.add("RUSTFLAGS is set in the environment, so cargo ignores the flags of the configuration files");
  }
  for (const pattern of first.plan.unused) {
    if (others.some(({ plan }) => !plan.unused.includes(pattern))) continue;
    warnings.add(`\`rustflags-exclude\`: no flag is ${pattern}, so nothing was left out for it`);
  }
  return { ...first.plan, files: config.files, warnings: [...warnings] };
}

function findConfig(from: string, { cwd, env }: RustcQuestion): CargoConfig {
  const cargoHome = env["CARGO_HOME"] || path.join(env["HOME"] || homedir(), ".cargo");
  const file = path.resolve(cwd, from);
  if (!existsSync(file) && from.includes("=")) return loadConfig({ cwd, cargoHome, overrides: [from] });
  if (!existsSync(file) && from !== DEFAULT_FROM) {
    throw new SetupError(`input \`rustflags-from\` is ${from}, and there is no such file in ${cwd}`);
  }
  const isPlain = /^config(\.toml)?$/.test(path.basename(file)) && path.basename(path.dirname(file)) === ".cargo";
  if (isPlain) return loadConfig({ cwd: path.dirname(path.dirname(file)), cargoHome });
  return loadConfig({ cwd, cargoHome, overrides: [file] });
}

/**
 * The environment without RUSTFLAGS that an earlier step with this action exported: only the workflow's count. A check
 * compares the environment with the files, so it must not read the flags from the environment.
 */
function flagEnvironment({ mode }: Inputs, env: RustcQuestion["env"]): RustcQuestion["env"] {
  const isOurs = env["RUSTFLAGS"] !== undefined && env["RUSTFLAGS"] === env[MARKER];
  if (!isOurs && mode === "setup") return env;
  const { RUSTFLAGS: _, ...rest } = env;
  return rest;
}

/** Refuses CARGO_ENCODED_RUSTFLAGS, which makes cargo ignore RUSTFLAGS, and flags other than an earlier step's. */
function refuseHidden(env: RustcQuestion["env"], rustflags: string, earlier: string | undefined): void {
  if (env["CARGO_ENCODED_RUSTFLAGS"] !== undefined) {
    throw new SetupError(
      "CARGO_ENCODED_RUSTFLAGS is set, and cargo reads it instead of RUSTFLAGS, which cargo-dist sets",
      {
        advice: "Unset it, and put its flags into the configuration file or `rustflags-extra`.",
      },
    );
  }
  if (earlier !== undefined && earlier !== rustflags) {
    throw new SetupError(`an earlier step set this job up with other flags: "${earlier}", now "${rustflags}"`, {
      advice: "Build targets with different flags in separate jobs.",
    });
  }
}
