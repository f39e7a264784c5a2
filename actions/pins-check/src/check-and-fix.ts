import { existsSync } from "node:fs";
import path from "node:path";
import { workspaceFolder } from "@release-actions/action-kit";
import {
  askRegistries,
  type CheckResult,
  checkPins,
  describeRepair,
  type Finding,
  openHistory,
  PinsError,
  planFix,
  Repository,
  writeFix,
} from "@release-actions/pins";
import type { ActionRunner } from "./action.gen.ts";

export interface Verdict extends CheckResult {
  /** Findings that a rewrite has fixed. */
  readonly fixed: readonly Finding[];
}

/** How often to rewrite. One rewrite may require a second, when two relations share a value; a third is spare. */
const MAX_ROUNDS = 3;

export async function checkAndFix(runner: ActionRunner): Promise<Verdict> {
  const { inputs, env } = runner;
  const root = workspaceFolder(env);
  const config = findConfig(inputs.config, root);
  runner.info(config === undefined ? "no pins.yml: checking the built-in relations" : `checking what ${config} says`);
  const options = {
    config,
    tag: inputs.tag ?? pushedTag(env),
    only: inputs.only,
    ...askRegistries(env, (message) => runner.debug(message)),
    history: openHistory(root, runner.exec, { ...env }),
    today: new Date().toISOString().slice(0, 10),
  };
  const fixed: Finding[] = [];
  for (let round = 1; ; round += 1) {
    const repository = new Repository(root);
    const result = await checkPins({ ...options, repository });
    const plan = inputs.fix && round <= MAX_ROUNDS ? await planFix(repository, result.findings) : undefined;
    if (plan === undefined || plan.fixed.length === 0) return { ...result, fixed };
    writeFix(repository, plan);
    for (const finding of plan.fixed) runner.info(`fixed ${describeRepair(finding)}`);
    fixed.push(...plan.fixed);
  }
}

/** The file to read, relative to the repository. */
function findConfig(given: string | undefined, root: string): string | undefined {
  if (given === undefined) return ["pins.yml", ".github/pins.yml"].find((name) => existsSync(path.join(root, name)));
  const name = path.relative(root, given);
  if (!name.startsWith("..") && !path.isAbsolute(name)) return name;
  throw new PinsError(`input \`config\` is ${given}, expected a file below ${root}`);
}

function pushedTag(env: ActionRunner["env"]): string | undefined {
  return env["GITHUB_REF_TYPE"] === "tag" ? env["GITHUB_REF_NAME"] : undefined;
}
