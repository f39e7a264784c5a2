import { tmpdir } from "node:os";
import { readWorkspace } from "@release-actions/cargo";
import { restoreHakari } from "@release-actions/hakari";
import type { Reporter } from "@release-actions/report";

type Services = Reporter & { readonly env: Readonly<Record<string, string | undefined>> };

/** Puts back what `disable` changed, in the workspace around a folder. */
export async function restore(services: Services, folder: string): Promise<void> {
  const restored = await restoreHakari(workspaceRoot(folder), services.env["RUNNER_TEMP"] || tmpdir());
  if (restored === undefined) services.info("hakari is not switched off here: nothing to restore");
  else services.info(`hakari is on again${restored.length === 0 ? "" : `, restored: ${restored.join(", ")}`}`);
}

/** The build may have broken a manifest in between; then the folder is the root, as `disable` handed it on. */
function workspaceRoot(folder: string): string {
  try {
    return readWorkspace(folder).root;
  } catch {
    return folder; // What is wrong with the tree is not what a cleanup should fail for.
  }
}
