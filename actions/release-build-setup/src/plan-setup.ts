import { queryRustc } from "@release-actions/cargo";
import type { ActionRunner } from "./action.gen.ts";
import { chooseNotice } from "./justfile.ts";
import { type ResolvedPlan, resolveFlags } from "./resolve-flags.ts";
import { chooseTargets } from "./targets.ts";
import { dockerfileVariables, extraVariables, macVariables, mergeVariables, type Variable } from "./variables.ts";

/** Everything that the sources say about the build, read before anything is changed. */
export interface SetupPlan {
  readonly cwd: string;
  readonly targets: readonly string[];
  readonly flags: ResolvedPlan;
  /** Includes RUSTFLAGS. */
  readonly variables: readonly Variable[];
  /** The command that creates the notice; undefined for none. */
  readonly noticeCommand: string | undefined;
}

export async function planSetup(runner: ActionRunner): Promise<SetupPlan> {
  const { inputs, env, exec } = runner;
  const cwd = inputs["working-directory"];
  const question = { cwd, env, run: exec };
  const chosen = chooseTargets(inputs.targets, inputs.matrix);
  const rustc = await queryRustc(question);
  const targets = chosen.length > 0 ? chosen : [rustc.host];
  const flags = await resolveFlags(inputs, targets, question);
  const variables = mergeVariables([
    { name: "RUSTFLAGS", value: flags.rustflags, from: "the configuration" },
    ...dockerfileVariables(inputs, runner),
    ...macVariables(inputs, env),
    ...extraVariables(inputs["extra-env"]),
  ]);
  return { cwd, targets, flags, variables, noticeCommand: chooseNotice(inputs["notice-command"], cwd) };
}
