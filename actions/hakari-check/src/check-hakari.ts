import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { childEnv, FOR_GIT } from "@release-actions/command";
import {
  CHECKS,
  type Check,
  filesOf,
  HakariError,
  type HakariServices,
  type HakariWorkspace,
  openHakari,
  problemsOf,
  readHakari,
  repair,
  runCheck,
  Snapshot,
  temporaryFolder,
} from "@release-actions/hakari";
import type { Problem } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";

export interface Verdict {
  readonly version: string;
  readonly problems: readonly Problem[];
  /** The fix as a patch for `git apply`, and the file with it; undefined when there is none. */
  readonly patch: { readonly text: string; readonly file: string } | undefined;
  /** Whether the fix was written to the working tree and solved every problem. */
  readonly isFixed: boolean;
}

/** Runs every check and creates a patch that fixes the findings. Without `fix` the working tree stays unchanged. */
export async function checkHakari(runner: ActionRunner): Promise<Verdict> {
  const { inputs } = runner;
  const cwd = inputs["working-directory"];
  const checks = inputs.checks.map(parseCheck);
  const hakari = readHakari(cwd);
  if (hakari === undefined) {
    throw new HakariError(`${cwd} has no hakari.toml, neither in .config nor in .guppy`, {
      advice: "Run `cargo hakari init`, or remove this check.",
    });
  }
  const { services, tool } = await openHakari(hakari, { cwd, version: inputs.version }, runner);
  const temp = temporaryFolder(runner.env);
  // Take the snapshot before the checks, because they run cargo, which updates the lock file by itself.
  const snapshot = new Snapshot(temp, `${hakari.workspace.root} check`);
  await snapshot.take(filesOf(hakari));
  runner.onExit(async () => void (snapshot.exists && (await snapshot.restore())));

  const problems = await runChecks(checks, hakari, services, runner);
  const { version } = tool;
  if (problems.length === 0) return { version, problems, patch: undefined, isFixed: false };
  const text = await repair(hakari, { ...services, snapshot, base: await repositoryRoot(hakari, runner) });
  const file = inputs.patch ?? path.join(temp, "hakari.patch");
  if (text !== "") {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const patch = text === "" ? undefined : { text, file };
  if (!inputs.fix) return { version, problems, patch, isFixed: false };
  await snapshot.discard();
  const left = await runChecks(checks, readHakari(cwd) ?? hakari, services, runner);
  return { version, problems: left.length === 0 ? problems : left, patch, isFixed: left.length === 0 };
}

async function runChecks(
  checks: readonly Check[],
  hakari: HakariWorkspace,
  services: HakariServices,
  runner: ActionRunner,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const check of checks) {
    const result = await runCheck(check, services);
    runner.info(`cargo hakari ${check}: ${result.drifted ? `drift\n${result.output}` : "ok"}`);
    problems.push(...problemsOf(result, hakari));
  }
  return problems;
}

function parseCheck(name: string): Check {
  const check = CHECKS.find((known) => known === name);
  if (check !== undefined) return check;
  throw new HakariError(`input \`checks\` names "${name}", expected ${CHECKS.join(", ")}`);
}

/** `git apply` wants names relative to the repository; outside of one, to the workspace. */
async function repositoryRoot({ workspace }: HakariWorkspace, { exec, env }: ActionRunner): Promise<string> {
  const options = { cwd: workspace.root, env: childEnv(env, FOR_GIT), check: false, onOutput: () => undefined };
  const { exitCode, stdout } = await exec("git", ["rev-parse", "--show-toplevel"], options);
  return exitCode === 0 ? stdout.trim() : workspace.root;
}
