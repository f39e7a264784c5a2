import { existsSync } from "node:fs";
import path from "node:path";
import { describe } from "@jest/globals";

/** Why a part is missing is printed once, since jest shows only that something was skipped. */
const said = new Set<string>();

/**
 * `describe` for tests that need real programs. Where one is missing they are skipped, saying so;
 * under `CI=true` they fail, since a test that is always skipped proves nothing.
 */
export function describeWith(programs: readonly string[], title: string, body: () => void): void {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length === 0) describe(title, body);
  else describeWithout(missing.join(", "), title, body);
}

/** What `describeWith` does when a part (named by what to install or start) is not there. */
export function describeWithout(part: string, title: string, body: () => void): void {
  if (process.env["CI"] === "true")
    throw new Error(`"${title}" needs ${part}, which is missing: see \`npm run tools\``);
  if (!said.has(part)) console.warn(`skipped for want of ${part}: ${title}`);
  said.add(part);
  describe.skip(title, body);
}

export function isOnPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
}
