import { readWorkspace } from "@release-actions/cargo";
import { restoreHakari } from "@release-actions/hakari";
import type { ActionRunner } from "./action.gen.ts";

/** Undoes the changes of `disable` in the workspace that contains a folder. */
export async function restore(runner: ActionRunner, folder: string): Promise<void> {
  const restored = await restoreHakari(workspaceRoot(folder), runner.env);
  if (restored === undefined) runner.info("hakari is not switched off here: nothing to restore");
  else runner.info(`hakari is on again${restored.length === 0 ? "" : `, restored: ${restored.join(", ")}`}`);
}

/** If a manifest cannot be read, because the build broke it, the folder itself is the root, as `disable` saved it. */
function workspaceRoot(folder: string): string {
  try {
    return readWorkspace(folder).root;
  } catch {
    return folder; // A cleanup must not fail because of a broken manifest.
  }
}
