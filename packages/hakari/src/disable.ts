import path from "node:path";
import { type HakariServices, runHakari } from "./checks.ts";
import type { HakariWorkspace } from "./config.ts";
import { Snapshot } from "./snapshot.ts";

/**
 * Switches hakari off for a build of a few crates. The lock file is kept as well, since a build may rewrite
 * it. A second time changes nothing: what is kept is the tree as it was before the first.
 */
export async function disableHakari(
  hakari: HakariWorkspace,
  services: HakariServices,
  home: string,
): Promise<"disabled" | "already disabled"> {
  const { root } = hakari.workspace;
  const snapshot = new Snapshot(home, root);
  if (snapshot.exists) return "already disabled";
  await snapshot.take([hakari.manifest, path.join(root, "Cargo.lock")]);
  try {
    await runHakari(["disable"], services);
  } catch (error) {
    await snapshot.restore();
    throw error;
  }
  return "disabled";
}

/** Puts back what `disableHakari` changed. Returns the files, or nothing when hakari is not switched off. */
export async function restoreHakari(workspaceRoot: string, home: string): Promise<string[] | undefined> {
  const snapshot = new Snapshot(home, workspaceRoot);
  return snapshot.exists ? await snapshot.restore() : undefined;
}
