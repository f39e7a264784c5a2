import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { CommandOptions, CommandRunner } from "@release-actions/command";
import { Fault } from "@release-actions/report";

/** A keychain that belongs to one step. */
export interface Keychain {
  readonly path: string;
  /** A random password that only this process knows. */
  readonly password: string;
}

export class KeychainError extends Fault {
  override readonly name = "KeychainError";
}

/** Options for a command whose exit code and output the caller evaluates. */
export const QUIETLY: CommandOptions = { check: false, onOutput: () => undefined };

/**
 * Creates an unlocked keychain that does not lock itself during a long build.
 *
 * @throws KeychainError
 */
export async function createKeychain(run: CommandRunner, path: string): Promise<Keychain> {
  const keychain = { path, password: randomBytes(24).toString("hex") };
  await security(run, [
    ["create-keychain", "-p", keychain.password, path],
    ["set-keychain-settings", path],
    ["unlock-keychain", "-p", keychain.password, path],
  ]);
  // Interactive mode does not report which command failed, so this command checks that the keychain exists.
  const info = await run("security", ["show-keychain-info", path], QUIETLY);
  if (info.exitCode !== 0) {
    throw new KeychainError(`a keychain could not be created at ${path}: ${info.stderr.trim()}`, {
      advice: "This needs a macOS runner, and a folder that can be written to.",
    });
  }
  return keychain;
}

/** Deletes a keychain and removes it from the search list. A missing keychain is not an error. */
export async function deleteKeychain(run: CommandRunner, path: string): Promise<void> {
  if (!existsSync(path)) return;
  await run("security", ["delete-keychain", path], QUIETLY);
  await rm(path, { force: true });
}

/**
 * Runs `security` with commands on its standard input (`security -i`), so that secrets are not on a command line.
 * Arguments must be hex, paths or fixed options, since others could break out of the quotes.
 */
export async function security(run: CommandRunner, commands: readonly (readonly string[])[]): Promise<string> {
  const lines = commands.map((words) => words.map(quote).join(" "));
  const result = await run("security", ["-i"], { ...QUIETLY, input: `${lines.join("\n")}\n` });
  if (result.exitCode === 127) {
    throw new KeychainError("the program `security` was not found", { advice: "This needs a macOS runner." });
  }
  return result.stdout + result.stderr;
}

function quote(word: string): string {
  if (/["\\\r\n\0]/.test(word))
    throw new KeychainError("a path has a quote or a line break in it, which `security` cannot read");
  return /^[\w./:,=-]+$/.test(word) ? word : `"${word}"`;
}
