import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { startGitHub } from "../github.ts";
import { runPublishedArtifactClient, runPublishedCacheClient } from "../published/run.ts";
import { startForwardProxy } from "./forward-proxy.ts";

/** Host names that do not resolve, so that only the proxy can reach them. Clients bypass proxies for loopback addresses. */
const [SERVICES, STORAGE] = ["results.actions.example.invalid", "storage.example.invalid"];

const folder = temporaryFolder();
const github = await startGitHub();
const proxy = await startForwardProxy({ [SERVICES]: github.origin, [STORAGE]: github.storage.origin });
github.routeThrough({ services: `http://${SERVICES}`, storage: `http://${STORAGE}` });
await mkdir(path.join(folder, "temp"));
afterAll(async () => {
  await proxy.close();
  await github.close();
});

const env = (names: "upper" | "lower"): Record<string, string> => {
  const both = { HTTP_PROXY: proxy.origin, HTTPS_PROXY: proxy.origin };
  const entries = Object.entries(both).map(([name, value]) => [names === "upper" ? name : name.toLowerCase(), value]);
  return { ...Object.fromEntries(entries), GITHUB_WORKSPACE: folder, RUNNER_TEMP: path.join(folder, "temp") };
};

test.each(["upper", "lower"] as const)(
  "the client of artifacts goes through the proxy of the environment, to the service and to the storage (%s case)",
  async (names) => {
    const run = github.addRun();
    proxy.hosts.length = 0;
    const options = { env: { ...github.env(run), ...env(names) } };
    const file = path.join(folder, "a.txt");
    await writeFile(file, "content");
    const upload = await runPublishedArtifactClient({ do: "upload", name: "a", files: [file], root: folder }, options);
    expect([upload.exitCode, upload.exitCode === 0 ? "" : upload.log]).toEqual([0, ""]);
    await rm(file);
    const { id } = github.artifact(run, "a");
    const download = await runPublishedArtifactClient({ do: "download", id, options: { path: folder } }, options);
    expect([download.exitCode, download.exitCode === 0 ? "" : download.log]).toEqual([0, ""]);
    expect(await readFile(file, "utf8")).toBe("content");
    expect(new Set(proxy.hosts)).toEqual(new Set([SERVICES, STORAGE]));
  },
);

test("the client of caches goes through the proxy of the environment", async () => {
  proxy.hosts.length = 0;
  const file = path.join(folder, "tools", "tool");
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, "a tool");
  const options = { env: { ...github.env(github.addRun()), ...env("upper") } };
  const paths = [path.dirname(file)];
  const saved = await runPublishedCacheClient({ do: "save", paths, key: "tools-1" }, options);
  expect(saved.answer).toEqual(expect.any(Number));
  await rm(file);
  expect((await runPublishedCacheClient({ do: "restore", paths, key: "tools-1" }, options)).answer).toBe("tools-1");
  expect(await readFile(file, "utf8")).toBe("a tool");
  expect(new Set(proxy.hosts)).toEqual(new Set([SERVICES, STORAGE]));
});
