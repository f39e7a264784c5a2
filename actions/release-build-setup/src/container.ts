import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import type { Services } from "./plan-setup.ts";

/**
 * In a container the workspace belongs to another user than the one who builds, and git refuses to look at
 * it (git-config, safe.directory). On a runner itself nothing is changed.
 */
export async function trustWorkspace({ exec, env, info }: Services): Promise<void> {
  if (!isContainer(env)) return;
  const workspace = await realpath(env["GITHUB_WORKSPACE"] || process.cwd());
  const quiet = { env, onOutput: () => undefined };
  const known = await exec("git", ["config", "--global", "--get-all", "safe.directory"], { ...quiet, check: false });
  if (known.stdout.split("\n").includes(workspace)) return;
  await exec("git", ["config", "--global", "--add", "safe.directory", workspace], quiet);
  info(`git trusts ${workspace}, which belongs to another user in this container`);
}

/** Docker and Podman leave a file each; the variable is what systemd and Podman set. */
function isContainer(env: Services["env"]): boolean {
  return Boolean(env["container"]) || existsSync("/.dockerenv") || existsSync("/run/.containerenv");
}
