import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { childEnv } from "@release-actions/command";
import { FormulaError } from "@release-actions/homebrew";
import type { ActionRunner } from "./action.gen.ts";
import type { Source } from "./collect.ts";

/** The path of Homebrew on GitHub's Linux runners, where it is not on the PATH. */
const LINUXBREW = "/home/linuxbrew/.linuxbrew/bin/brew";

/** Rules that cargo-dist skips too: they are about descriptions and homepages, which the author chose. */
const EXCEPTED = "FormulaAudit/Homepage,FormulaAudit/Desc,FormulaAuditStrict";

/** The `brew` of this machine, or `undefined`. */
export async function findBrew(runner: ActionRunner): Promise<string | undefined> {
  const env = childEnv(runner.env);
  for (const brew of ["brew", LINUXBREW]) {
    const { exitCode } = await runner.exec(brew, ["--version"], { env, check: false, onOutput: () => undefined });
    if (exitCode === 0) return brew;
  }
  return undefined;
}

/** Formats a formula in a folder with `brew style --fix`. Offenses that it cannot fix become a warning. */
export async function brewStyle(brew: string, source: Source, folder: string, runner: ActionRunner): Promise<Source> {
  const file = path.join(folder, source.file);
  await writeFile(file, source.text);
  const settings = { HOMEBREW_NO_AUTO_UPDATE: "1", HOMEBREW_NO_ANALYTICS: "1", HOMEBREW_NO_COLOR: "1" };
  const env = { ...childEnv(runner.env), ...settings };
  const args = ["style", "--fix", "--except-cops", EXCEPTED, file];
  const { exitCode, stdout, stderr } = await runner.exec(brew, args, { env, check: false });
  if (exitCode !== 0) {
    const findings = (stdout || stderr).trim().replaceAll(`${folder}/`, "");
    const message = findings || `brew style ended with ${exitCode}`;
    runner.problem({ level: "warning", title: "brew style", message });
  }
  const text = await readFile(file, "utf8");
  if (text.trim() === "") throw new FormulaError(`${source.file} is empty after \`brew style --fix\``);
  return { ...source, text };
}
