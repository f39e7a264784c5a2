import { homedir } from "node:os";
import path from "node:path";
import type { CommandRunner } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";
import { loadToolkitParts } from "@release-actions/toolkit-parts";
import type { FolderCache, ToolCache, ToolServices } from "./services.ts";

type Env = ToolServices["env"];

/** The services of a step on a runner. */
export type ToolHost = Reporter & { readonly exec: CommandRunner; readonly env: Env };

/** The caches, the folder and the platform of a step on one of GitHub's runners. */
export function githubServices(host: ToolHost): ToolServices {
  const { exec, env } = host;
  return {
    run: exec,
    env,
    reporter: host,
    toolCache: githubToolCache(),
    folderCache: githubFolderCache(env, host),
    // Below the home folder, so that the cache can use the same path on every runner.
    workFolder: path.join(env["HOME"] || homedir(), ".cache", "release-actions-tools"),
    platform: `${process.platform}-${process.arch}`,
  };
}

/** GitHub's tool cache. Its library reads its folders from the environment of the process and is loaded on first use. */
export function githubToolCache(): ToolCache {
  const library = () => import("@actions/tool-cache");
  return {
    find: async (name, version) => (await library()).find(name, version) || undefined,
    store: async (folder, name, version) => (await library()).cacheDir(folder, name, version),
    download: async (url, file) => void (await (await library()).downloadTool(url, file)),
  };
}

/** GitHub's cache service; undefined in the run of a tag, and when there is no service. */
export function githubFolderCache(env: Env, reporter: Reporter): FolderCache | undefined {
  if (isTagRun(env)) {
    reporter.debug("runs of a tag do not use caches");
    return undefined;
  }
  if (!env["ACTIONS_RESULTS_URL"] && !env["ACTIONS_CACHE_URL"]) return undefined;
  const attempt = async <T>(what: string, body: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await body();
    } catch (error) {
      // The cache only saves time; without it the tool is installed.
      reporter.info(`the cache could not be ${what}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  };
  return {
    restore: async (folder, key) =>
      (await attempt("read", async () => {
        const { restoreCache } = await loadClient();
        return await restoreCache([fromHome(folder, env)], key);
      })) !== undefined,
    save: async (folder, key) => {
      const { saveCache } = await loadClient();
      await attempt("saved", () => saveCache([fromHome(folder, env)], key));
    },
  };
}

async function loadClient() {
  const [client] = await Promise.all([import("@actions/cache"), loadToolkitParts()]);
  return client;
}

/** Writes a path relative to `~`. The cache matches only identical paths, and home folders differ between runners. */
function fromHome(folder: string, env: Env): string {
  const relative = path.relative(env["HOME"] || homedir(), folder);
  return relative.startsWith("..") || path.isAbsolute(relative) ? folder : `~/${relative.replaceAll("\\", "/")}`;
}

/** Whether the run was started for a tag. */
export function isTagRun(env: Env): boolean {
  return env["GITHUB_REF_TYPE"] === "tag" || (env["GITHUB_REF"] ?? "").startsWith("refs/tags/");
}
