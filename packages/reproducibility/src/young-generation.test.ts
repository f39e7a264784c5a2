import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "@jest/globals";

const MODULE = path.join(import.meta.dirname, "young-generation.ts");
const MIB = 1024 * 1024;

/** The size in bytes of the young generation of a process that has created many long-lived objects. */
function youngGeneration(prepare: string): number {
  const script = `${prepare}
    const { getHeapSpaceStatistics } = await import("node:v8");
    const lists = [];
    for (let index = 0; index < 400_000; index += 1) lists.push({ index, text: String(index) });
    const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
    console.log(lists.length > 0 && space.space_size);`;
  return Number(execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", script]));
}

test("keepYoungGenerationSmall limits the young generation, which otherwise grows", () => {
  const small = youngGeneration(`(await import(${JSON.stringify(MODULE)})).keepYoungGenerationSmall();`);
  expect(small).toBeLessThan(8 * MIB);
  expect(youngGeneration("")).toBeGreaterThan(2 * small);
});
