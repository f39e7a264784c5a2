import { tmpdir } from "node:os";
import { readWorkspace } from "@release-actions/cargo";
import { restoreHakari } from "@release-actions/hakari";
import type { Reporter } from "@release-actions/report";

type Services = Reporter & { readonly env: Readonly<Record<string, string | undefined>> };

/** Undoes the changes of `disable` in the workspace that contains a folder. */
export async function restore(services: Services, folder: string): Promise<void> {
  const restored = await restoreHakari(workspaceRoot(folder), services.env["RUNNER_TEMP"] || tmpdir());
  if (restored === undefined) services.info("hakari is not switched off here: nothing to restore");
  else services.info(`hakari is on again${restored.length === 0 ? "" : `, restored: ${restored.join(", ")}`}`);
}

/** If a manifest cannot be read, because the build broke it, the folder itself is the root, as `disable` saved it. */
function workspaceRoot(folder: string): string {
  try {
    return readWorkspace(folder).root;
  } catch {
    return folder; // A cleanup must not fail because of a broken manifest.
  }
}
