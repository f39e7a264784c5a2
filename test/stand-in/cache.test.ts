import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startGitHub } from "./github.ts";
import type { Run } from "./model.ts";
import type { CacheRequest } from "./published/cache-client.ts";
import { type ClientRun, runPublishedCacheClient } from "./published/run.ts";

const folder = temporaryFolder();
const github = await startGitHub();
await mkdir(path.join(folder, "tools"));
await mkdir(path.join(folder, "temp"));

afterAll(() => github.close());

async function client(run: Run, request: Omit<CacheRequest, "paths">): Promise<ClientRun> {
  const env = { ...github.env(run), GITHUB_WORKSPACE: folder, RUNNER_TEMP: path.join(folder, "temp") };
  // `Omit` of a union type loses its cases. The missing field is added for both cases.
  return await runPublishedCacheClient({ ...request, paths: [path.join(folder, "tools")] } as CacheRequest, { env });
}

describe("the cache service, with the published client", () => {
  test("keeps a cache, and finds it by its key or by the start of its key", async () => {
    const run = github.addRun();
    const file = path.join(folder, "tools", "cargo-hakari");
    await writeFile(file, "a tool");
    expect((await client(run, { do: "save", key: "tools-1" })).answer).toEqual(expect.any(Number));
    for (const request of [{ key: "tools-1" }, { key: "tools-2", restoreKeys: ["tools-"] }]) {
      await rm(file);
      expect((await client(github.addRun(), { do: "restore", ...request })).answer).toBe("tools-1");
      expect(await readFile(file, "utf8")).toBe("a tool");
    }
  });

  test("does not overwrite a key, and the client continues", async () => {
    const run = github.addRun({ repository: "acme/once" });
    await client(run, { do: "save", key: "tools-1" });
    const again = await client(run, { do: "save", key: "tools-1" });
    expect(again).toMatchObject({ exitCode: 0, answer: -1 });
    expect(again.log).toContain("already exists");
  });

  test("hides a branch's cache from other branches, and shows the default branch's to all", async () => {
    const on = (headBranch: string): Run => github.addRun({ repository: "acme/branches", headBranch });
    await client(on("feature"), { do: "save", key: "of-feature" });
    await client(on("main"), { do: "save", key: "of-main" });
    expect((await client(on("main"), { do: "restore", key: "of-feature" })).answer).toBeNull();
    expect((await client(on("other"), { do: "restore", key: "of-feature" })).answer).toBeNull();
    expect((await client(on("other"), { do: "restore", key: "of-main" })).answer).toBe("of-main");
  });
});
