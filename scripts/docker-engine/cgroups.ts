import { glob, rmdir } from "node:fs/promises";
import path from "node:path";

const HIERARCHIES = "/sys/fs/cgroup";

/** Removes what the containers of a killed engine left in every hierarchy, of cgroup v1 and v2 alike. */
export async function removeCgroups(name: string): Promise<void> {
  const left: string[] = [];
  for await (const group of glob([`.${name}{,/**/}`, `*${name}{,/**/}`], { cwd: HIERARCHIES })) left.push(group);
  const deepestFirst = left.sort((a, b) => b.length - a.length);
  // Refused while somebody is inside, which only another clone's engine of the same name can be.
  for (const group of deepestFirst) await rmdir(path.join(HIERARCHIES, group)).catch(() => undefined);
}
