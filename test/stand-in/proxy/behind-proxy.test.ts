import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { runPublishedArtifactClient } from "../published/run.ts";
import { startGitHubBehindProxy } from "./behind-proxy.ts";

const folder = temporaryFolder();
const world = await startGitHubBehindProxy();
afterAll(() => world.close());

test("the published client works through both proxies, and survives one answer of 503", async () => {
  const { github, services, storage } = world;
  const run = github.addRun();
  const options = { env: { ...github.env(run), GITHUB_WORKSPACE: folder } };
  const file = path.join(folder, "a.txt");
  await writeFile(file, "content");
  const busy = services.inject({ url: /CreateArtifact/, times: 1 }, { kind: "answer", status: 503, body: "{}" });
  const upload = await runPublishedArtifactClient({ do: "upload", name: "a", files: [file], root: folder }, options);
  expect(upload.log).toContain("successfully finalized");
  expect(busy.hits).toBe(1);
  await rm(file);
  const { id } = github.artifact(run, "a");
  await runPublishedArtifactClient({ do: "download", id, options: { path: folder } }, options);
  expect(await readFile(file, "utf8")).toBe("content");
  expect(storage.passages.map(({ method }) => method)).toEqual(expect.arrayContaining(["PUT", "GET"]));
});
