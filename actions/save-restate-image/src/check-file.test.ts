import { appendFile, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { soundLayout, tarOf } from "@release-actions/oci/testing";
import { type CheckedFile, checkFile, requireUnchanged } from "./check-file.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "check-file-"));
  file = join(folder, "restate.tar");
  await writeFile(file, tarOf(soundLayout()));
});
afterEach(() => rm(folder, { recursive: true }));

const check = (): Promise<CheckedFile> =>
  checkFile(file, { progress: () => undefined, signal: new AbortController().signal });

describe("requireUnchanged", () => {
  test("accepts an unchanged file", async () => {
    const undone: string[] = [];
    await requireUnchanged(await check(), async () => void undone.push("undone"));
    expect(undone).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>]>([
    ["is longer", () => appendFile(file, "x")],
    ["was written again", () => utimes(file, new Date(), new Date(Date.now() + 5000))],
    ["is gone", () => rm(file)],
  ])("deletes the artifact and fails when the file %s in the meantime", async (_, change) => {
    const checked = await check();
    await change();
    const undone: string[] = [];
    const verdict = requireUnchanged(checked, async () => void undone.push("undone"));
    await expect(verdict).rejects.toThrow("restate.tar was changed while it was uploaded");
    expect(undone).toEqual(["undone"]);
  });
});

describe("checkFile", () => {
  test("reports progress in bytes up to the whole file", async () => {
    const seen: number[] = [];
    const checked = await checkFile(file, {
      progress: ({ done, total }) => seen.push(done / (total ?? 0)),
      signal: new AbortController().signal,
    });
    expect(seen.at(-1)).toBe(1);
    expect(checked.archive.images).toHaveLength(1);
  });

  test("stops when the job is cancelled", async () => {
    const signal = AbortSignal.abort(new Error("cancelled"));
    await expect(checkFile(file, { progress: () => undefined, signal })).rejects.toThrow();
  });

  test("names the file and keeps the cause in its error", async () => {
    await writeFile(file, "<html>");
    await expect(check()).rejects.toMatchObject({
      location: { file },
      advice: expect.stringContaining("docker buildx"),
    });
    await expect(check()).rejects.toThrow(/restate\.tar is refused: it is a web page/);
  });
});
