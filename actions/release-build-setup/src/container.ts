import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { workspaceFolder } from "@release-actions/action-kit";
import type { ActionRunner } from "./action.gen.ts";

/**
 * Makes git trust the workspace in a container, where it belongs to another user and git would therefore not use it
 * (git-config, safe.directory). Outside of containers nothing is changed.
 */
export async function trustWorkspace({ exec, env, info }: ActionRunner): Promise<void> {
  if (!isContainer(env)) return;
  const workspace = await realpath(workspaceFolder(env));
  const quiet = { env, onOutput: () => undefined };
  const known = await exec("git", ["config", "--global", "--get-all", "safe.directory"], { ...quiet, check: false });
  if (known.stdout.split("\n").includes(workspace)) return;
  await exec("git", ["config", "--global", "--add", "safe.directory", workspace], quiet);
  info(`git trusts ${workspace}, which belongs to another user in this container`);
}

/** Docker and Podman each create a file; systemd and Podman set the variable. */
function isContainer(env: ActionRunner["env"]): boolean {
  return Boolean(env["container"]) || existsSync("/.dockerenv") || existsSync("/run/.containerenv");
}
