import { describe, test } from "@jest/globals";
import { findProgram } from "@release-actions/command";

/**
 * `describe` for tests that need real programs. Where one is missing they are skipped, with the
 * reason in the title; under `CI=true` they fail, since a test that is always skipped proves nothing.
 */
export function describeWith(programs: readonly string[], title: string, body: () => void): void {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length === 0) describe(title, body);
  else describeWithout(`${missing.join(" and ")} not on the PATH`, title);
}

/** What stands in for tests whose part is missing: `reason` says which, and what would bring it. */
export function describeWithout(reason: string, title: string): void {
  describe(title, () => {
    if (process.env["CI"] === "true") {
      test("has the parts it needs", () => {
        throw new Error(`${reason}: see \`npm run tools\``);
      });
    } else {
      test.skip(`skipped: ${reason}`, () => undefined);
    }
  });
}

export function isOnPath(program: string): boolean {
  return findProgram(program, process.env["PATH"]) !== undefined;
}
