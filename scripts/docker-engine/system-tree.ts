import { createHash } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import type { Reporter } from "@release-actions/report";
import { cacheFolder } from "../folders.ts";
import { exists, findDebianMirror, installPackage } from "./apt.ts";
import { withLock } from "./lock.ts";
import type { System } from "./variants.ts";

/** Folders that an engine does not need. */
const DROPPED = ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"];

/**
 * Creates the Debian system in which engines run, with debootstrap, once per machine, and keeps it in the cache.
 * Engines mount it read-only, so several can share it. Returns its folder.
 */
export async function provideSystemTree(system: System, reporter: Reporter): Promise<string> {
  const { suite, packages } = system;
  const recipe = JSON.stringify([packages, DROPPED]);
  const name = `${suite}-${createHash("sha256").update(recipe).digest("hex").slice(0, 12)}`;
  const tree = cacheFolder(path.join("engine", name));
  if (await exists(tree)) return tree;
  await withLock(
    tree,
    async () => {
      if (!(await exists(tree))) await makeSystemTree(system, tree, reporter);
    },
    () => reporter.info(`waiting for another process that makes the Debian ${suite} system`),
  );
  return tree;
}

async function makeSystemTree({ suite, packages }: System, tree: string, reporter: Reporter): Promise<void> {
  reporter.info(`making a Debian ${suite} system with ${packages.join(", ")} (once a machine, about a minute)`);
  await installPackage("debootstrap", "/usr/sbin/debootstrap");
  const mirror = await findDebianMirror();
  const partial = `${tree}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(path.dirname(tree), { recursive: true });
  // The command is killed when this process ends. Its mounts and child processes end with its namespaces.
  const tied = ["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--"];
  const options = ["--variant=minbase", `--include=${packages.join(",")}`, `--keyring=${mirror.keyring}`];
  await runCommand("setpriv", [...tied, "debootstrap", ...options, suite, partial, mirror.url], {
    env: { ...process.env, ...mirror.env },
    onOutput: (_, text) => reporter.debug(text.trimEnd()),
  });
  for (const folder of DROPPED) await rm(path.join(partial, folder), { recursive: true, force: true });
  await rename(partial, tree);
}
