import { homedir } from "node:os";
import path from "node:path";
import { queryRustc } from "@release-actions/cargo";
import type { CommandRunner } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";
import { chooseNotice } from "./justfile.ts";
import { type ResolvedPlan, resolveFlags } from "./resolve-flags.ts";
import { chooseTargets } from "./targets.ts";
import {
  dockerfileVariables,
  extraVariables,
  type MacInputs,
  macVariables,
  mergeVariables,
  type Variable,
} from "./variables.ts";

export interface Inputs extends MacInputs {
  readonly mode: "setup" | "check";
  readonly "working-directory": string;
  readonly targets: readonly string[];
  readonly matrix: string | undefined;
  readonly "rustflags-from": string;
  readonly "rustflags-exclude": readonly string[];
  readonly "rustflags-extra": string | undefined;
  readonly "env-from-dockerfile": string;
  readonly "dockerfile-stage": string;
  readonly "env-names": readonly string[];
  readonly "extra-env": readonly string[];
  readonly "notice-command": string | undefined;
}

export type Services = Reporter & {
  readonly exec: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
};

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

export async function planSetup(inputs: Inputs, { exec, env, info, problem }: Services): Promise<SetupPlan> {
  const cwd = inputs["working-directory"];
  const question = { cwd, env, run: exec };
  const chosen = chooseTargets(inputs.targets, inputs.matrix);
  const rustc = await queryRustc(question);
  const targets = chosen.length > 0 ? chosen : [rustc.host];
  const flags = await resolveFlags(
    {
      cwd,
      targets,
      from: inputs["rustflags-from"],
      cargoHome: env["CARGO_HOME"] || path.join(env["HOME"] || homedir(), ".cargo"),
      exclude: inputs["rustflags-exclude"],
      extra: inputs["rustflags-extra"] ?? "",
      // A check compares the environment with the files, so it must not read the flags from the environment.
      ignoreEnvironment: inputs.mode === "check",
    },
    question,
  );
  const docker = {
    cwd,
    file: inputs["env-from-dockerfile"],
    stage: inputs["dockerfile-stage"],
    names: inputs["env-names"],
  };
  const note = (message: string, level: "info" | "warning"): void =>
    level === "info" ? info(message) : problem({ level, message });
  const variables = mergeVariables([
    { name: "RUSTFLAGS", value: flags.rustflags, from: "the configuration" },
    ...dockerfileVariables(docker, note),
    ...macVariables(inputs, env),
    ...extraVariables(inputs["extra-env"]),
  ]);
  return { cwd, targets, flags, variables, noticeCommand: chooseNotice(inputs["notice-command"], cwd) };
}
