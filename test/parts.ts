import { describe, test } from "@jest/globals";
import { findProgram } from "@release-actions/command";

/**
 * `describe` for tests that need real programs. When a program is missing, the tests are skipped, with the reason in
 * the title. With `CI=true` they fail instead, because a test that is always skipped proves nothing.
 */
export function describeWith(programs: readonly string[], title: string, body: () => void): void {
  const missing = programs.filter((program) => !isOnPath(program));
  if (missing.length === 0) describe(title, body);
  else describeWithout(`${missing.join(" and ")} not on the PATH`, title);
}

/** Replaces tests that need something missing. `reason` says what is missing and how to get it. */
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
