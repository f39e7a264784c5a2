import path from "node:path";
import type { Environment } from "@release-actions/command";
import { type HakariServices, runHakari } from "./checks.ts";
import type { HakariWorkspace } from "./config.ts";
import { Snapshot, temporaryFolder } from "./snapshot.ts";

/**
 * Disables hakari for a build of a few crates, after saving the manifest and the lock file, which a build may rewrite.
 * A second call changes nothing, so that the saved files stay those from before the first.
 */
export async function disableHakari(
  hakari: HakariWorkspace,
  services: HakariServices,
): Promise<"disabled" | "already disabled"> {
  const { root } = hakari.workspace;
  const snapshot = new Snapshot(temporaryFolder(services.env), root);
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

/**
 * Restores the files that `disableHakari` saved and returns those that had changed. Returns undefined when hakari is
 * not disabled.
 */
export async function restoreHakari(workspaceRoot: string, env: Environment): Promise<string[] | undefined> {
  const snapshot = new Snapshot(temporaryFolder(env), workspaceRoot);
  return snapshot.exists ? await snapshot.restore() : undefined;
}
