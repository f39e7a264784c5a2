import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CommandRunner } from "@release-actions/command";
import { FormulaError } from "@release-actions/homebrew";
import type { Reporter } from "@release-actions/report";
import type { Source } from "./collect.ts";

/** The path of Homebrew on GitHub's Linux runners, where it is not on the PATH. */
const LINUXBREW = "/home/linuxbrew/.linuxbrew/bin/brew";

/** Rules that cargo-dist skips too: they are about descriptions and homepages, which the author chose. */
const EXCEPTED = "FormulaAudit/Homepage,FormulaAudit/Desc,FormulaAuditStrict";

export interface StyleOptions {
  readonly run: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly reporter: Reporter;
}

/** The `brew` of this machine, or `undefined`. */
export async function findBrew({ run, env }: StyleOptions): Promise<string | undefined> {
  for (const brew of ["brew", LINUXBREW]) {
    const { exitCode } = await run(brew, ["--version"], { env, check: false, onOutput: () => undefined });
    if (exitCode === 0) return brew;
  }
  return undefined;
}

/** Formats a formula with `brew style --fix`. Offenses that it cannot fix become a warning. */
export async function brewStyle(brew: string, source: Source, options: StyleOptions): Promise<Source> {
  const file = path.join(options.folder, source.file);
  await writeFile(file, source.text);
  const env = { ...options.env, HOMEBREW_NO_AUTO_UPDATE: "1", HOMEBREW_NO_ANALYTICS: "1", HOMEBREW_NO_COLOR: "1" };
  const args = ["style", "--fix", "--except-cops", EXCEPTED, file];
  const { exitCode, stdout, stderr } = await options.run(brew, args, { env, check: false });
  if (exitCode !== 0) {
    const findings = (stdout || stderr).trim().replaceAll(`${options.folder}/`, "");
    options.reporter.problem({
      level: "warning",
      title: "brew style",
      message: findings || `brew style ended with ${exitCode}`,
    });
  }
  const text = await readFile(file, "utf8");
  if (text.trim() === "") throw new FormulaError(`${source.file} is empty after \`brew style --fix\``);
  return { ...source, text };
}
