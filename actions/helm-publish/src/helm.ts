import path from "node:path";
import { ChartError } from "@release-actions/chart";
import { type CommandResult, childEnv } from "@release-actions/command";
import type { ActionRunner } from "./action.gen.ts";

/** Runs the machine's Helm; the exit code is for the caller to judge. */
export type Helm = (args: readonly string[]) => Promise<CommandResult>;

/** Helm with folders of its own: without the user's plugins and logins, and without this step's secrets. */
export function helmIn(work: string, runner: ActionRunner): Helm {
  const homes = ["CONFIG", "CACHE", "DATA"].map((kind) => [`HELM_${kind}_HOME`, path.join(work, kind)] as const);
  const env = { ...childEnv(runner.env), HOME: work, TMPDIR: work, ...Object.fromEntries(homes) };
  return async (args) => {
    // Do not log what a chart renders to: it is long, and a failure is reported anyway.
    const quiet = args[0] === "template" ? { onOutput: () => undefined } : {};
    const options = { env, check: false, ...quiet };
    const result = await runner.exec("helm", args, options);
    if (result.exitCode !== 126 && result.exitCode !== 127) return result;
    throw new ChartError("no working `helm` was found on this machine", {
      advice: "Use one of GitHub's Ubuntu runners, or install Helm 3.8 or newer before this step.",
    });
  };
}

export function requireSuccess(result: CommandResult, otherwise: string, advice?: string): CommandResult {
  if (result.exitCode === 0) return result;
  throw new ChartError(`${otherwise}:\n${saidBy(result)}`, { advice });
}

export function saidBy(result: CommandResult): string {
  return `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-15).join("\n");
}
