import { expect, test } from "@jest/globals";
import { Fault } from "@release-actions/report";
import fc from "fast-check";
import { makeManifest } from "./manifest-fixture.ts";
import { artifactsOf } from "./questions.ts";
import { readPlan } from "./read.ts";

/** A manifest in which the value at `path` is replaced. */
function withOneChange(value: unknown, path: readonly number[], replacement: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== "object" || value === null) return replacement;
  const entries = Object.entries(value);
  if (entries.length === 0) return replacement;
  const [key] = entries[step % entries.length] ?? [""];
  const changed = entries.map(([name, entry]) => [
    name,
    name === key ? withOneChange(entry, rest, replacement) : entry,
  ]);
  return Array.isArray(value) ? changed.map(([, entry]) => entry) : Object.fromEntries(changed);
}

test("reports every invalid manifest as a Fault, and only returns names that are safe as file names", () => {
  const path = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 6 });
  const replacement = fc.oneof(fc.jsonValue(), fc.constantFrom("..", "a/b", "x\n::error::", "-rf", "1.2.3;id"));
  fc.assert(
    fc.property(path, replacement, (path, replacement) => {
      const text = JSON.stringify(withOneChange(makeManifest(), path, replacement));
      try {
        for (const { name } of artifactsOf(readPlan(text))) expect(name).toMatch(/^\w[\w.+@~-]*$/);
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
      }
    }),
    { numRuns: 500 },
  );
});
