import { existsSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { readWorkspace } from "@release-actions/cargo";
import { buildEnv } from "@release-actions/command";
import { countOf } from "@release-actions/report";
import { readText } from "@release-actions/text";
import type { ActionRunner } from "./action.gen.ts";
import { SetupError } from "./fault.ts";

/** Runs the command and checks the notice. An older notice is moved away first, and restored after a failure. */
export async function makeNotice(command: string, searchPath: string, runner: ActionRunner): Promise<string> {
  const { "working-directory": cwd, "notice-file": file } = runner.inputs;
  const notice = path.resolve(cwd, file);
  const older = `${notice}.before`;
  if (existsSync(notice)) await rename(notice, older);
  try {
    await runCommandLine(command, cwd, searchPath, runner);
    requireNotice(notice, cwd, `\`${command}\` succeeded, but `);
    await rm(older, { force: true });
  } catch (error) {
    if (existsSync(older)) await rename(older, notice);
    throw error;
  }
  runner.info(`${file}: ${countOf((await readFile(notice, "utf8")).trimEnd().split("\n").length, "line")}`);
  return notice;
}

/** @throws SetupError unless the notice names at least one of the crates in Cargo.lock. */
export function requireNotice(notice: string, cwd: string, before = ""): void {
  const location = { file: notice };
  if (!existsSync(notice)) throw new SetupError(`${before}there is no ${notice}`, { location });
  const text = readText(notice);
  if (text.trim() === "") throw new SetupError(`${before}${notice} is empty`, { location });
  const { crates, lock } = readWorkspace(cwd);
  const own = new Set(crates.map(({ name }) => name));
  const names = [...new Set((lock?.packages ?? []).map(({ name }) => name))].filter((name) => !own.has(name));
  const words = new Set(text.split(/[^\w-]+/));
  if (names.length === 0 || names.some((name) => words.has(name))) return;
  throw new SetupError(
    `${before}${notice} names none of the ${countOf(names.length, "crate")} in Cargo.lock: it contains only its header`,
    {
      location,
      advice:
        "A program in the middle of the command probably failed: run the command yourself and look at its output.",
    },
  );
}

async function runCommandLine(
  command: string,
  cwd: string,
  searchPath: string,
  { exec, env }: ActionRunner,
): Promise<void> {
  const strict = ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", command];
  const own = buildEnv({ ...env, PATH: searchPath }).env;
  const { exitCode, stderr } = await exec("bash", strict, { cwd, env: own, check: false });
  if (exitCode === 0) return;
  const said = stderr.trim().split("\n").slice(-6).join("\n");
  throw new SetupError(
    `the notice command \`${command}\` failed with exit code ${exitCode}${said === "" ? "" : `:\n${said}`}`,
    {
      advice:
        exitCode === 127
          ? "Name the missing program under `tools`, or set `notice-command`."
          : "Correct the command, or set `notice-command: none`.",
    },
  );
}
