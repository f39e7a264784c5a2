import { glob, rmdir } from "node:fs/promises";
import path from "node:path";

const HIERARCHIES = "/sys/fs/cgroup";

/** Removes the cgroups that the containers of a killed engine left, in all hierarchies of cgroup v1 and v2. */
export async function removeCgroups(name: string): Promise<void> {
  const left: string[] = [];
  for await (const group of glob([`.${name}{,/**/}`, `*${name}{,/**/}`], { cwd: HIERARCHIES })) left.push(group);
  const deepestFirst = left.sort((a, b) => b.length - a.length);
  // The kernel refuses to remove a cgroup with processes. Only another clone's engine of the same name can have some.
  for (const group of deepestFirst) await rmdir(path.join(HIERARCHIES, group)).catch(() => undefined);
}
