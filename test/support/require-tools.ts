import { accessSync, constants } from "node:fs";
import path from "node:path";
import { describe, test } from "@jest/globals";

/** `describe` for tests that need programs: skipped with the reason where one is missing, failing under CI=true. */
export function describeWith(tools: readonly string[], title: string, body: () => void): void {
  const missing = tools.filter((tool) => !isOnPath(tool));
  const reason = `${missing.join(" and ")} not on PATH`;
  if (missing.length === 0) describe(title, body);
  else if (process.env["CI"] !== "true") describe.skip(`${title} (skipped: ${reason})`, body);
  else {
    test(`${title}: the programs it needs are there`, () => {
      throw new Error(reason);
    });
  }
}

function isOnPath(tool: string): boolean {
  return (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder.
    }
  });
}
