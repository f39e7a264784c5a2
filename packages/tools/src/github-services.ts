import type { CommandRunner } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";
import { githubFolderCache, githubToolCache } from "./caches.ts";
import { toolFolder } from "./install.ts";
import type { ToolServices } from "./services.ts";

/** The services of a step on a runner. */
export type ToolHost = Reporter & {
  readonly exec: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** The caches and the platform of a step on one of GitHub's runners. */
export function githubServices(host: ToolHost): ToolServices {
  const { exec, env } = host;
  return {
    run: exec,
    env,
    reporter: host,
    toolCache: githubToolCache(),
    folderCache: githubFolderCache(env, host),
    workFolder: toolFolder(env),
    platform: `${process.platform}-${process.arch}`,
  };
}
