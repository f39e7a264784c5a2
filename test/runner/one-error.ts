import { expect } from "@jest/globals";
import type { StepResult } from "./job.ts";

/** Expects that a step failed with this one error and, if it is given, at this place (`file` or `file:line`). */
export function expectOneError({ conclusion, annotations }: StepResult, message: RegExp, place = ""): void {
  const [file, line] = place.split(":");
  expect(conclusion).toBe("failure");
  expect(annotations).toHaveLength(1);
  expect(annotations[0]).toMatchObject({
    ...{ level: "error", message: expect.stringMatching(message) },
    ...(file !== "" && { file }),
    ...(line !== undefined && { line: Number(line) }),
  });
}
