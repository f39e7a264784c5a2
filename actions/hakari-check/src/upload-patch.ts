import { createResultsService, uploadArtifact } from "@release-actions/artifacts";
import { createTransport } from "@release-actions/http";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";

const NAME = "hakari-patch";

/** Uploads the patch for people without a checkout. Returns the artifact's name, or undefined if the upload failed. */
export async function uploadPatch(file: string, runner: ActionRunner): Promise<string | undefined> {
  const { env, signal } = runner;
  const [url, token] = [env["ACTIONS_RESULTS_URL"], env["ACTIONS_RUNTIME_TOKEN"]];
  if (!url || !token) {
    runner.info(`no artifact service here: the patch is in ${file}`);
    return undefined;
  }
  const transport = createTransport({ ...env });
  const results = createResultsService({ url, token, transport });
  try {
    const request = { name: NAME, file, format: "zip", retentionDays: 0, ifExists: "same" } as const;
    await uploadArtifact(request, { results, transport, reporter: runner, signal });
    return NAME;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // A failed upload is only a warning: the log has the patch too.
    runner.problem({ level: "warning", message: `the patch was not uploaded: ${error.message}` });
    return undefined;
  }
}
