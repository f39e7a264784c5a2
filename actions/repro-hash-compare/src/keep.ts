import path from "node:path";
import { createResultsService, type ResultsService, uploadArtifact } from "@release-actions/artifacts";
import { createTransport, type Transport } from "@release-actions/http";
import { Fault, formatBytes } from "@release-actions/report";
import { type RecordedBuild, writeRecordArchive } from "@release-actions/reproducibility";
import type { ActionRunner } from "./action.gen.ts";

export async function uploadRecord(build: RecordedBuild, name: string, runner: ActionRunner): Promise<void> {
  const file = path.join(await runner.tempFolder("record"), "record.tar");
  await writeRecordArchive(build, file, runner.inputs.explain);
  const { results, transport } = artifactService(runner);
  const options = { results, transport, reporter: runner, signal: runner.signal };
  const request = { name, file, format: "zip", retentionDays: 0, ifExists: "same" } as const;
  const { size, id } = await uploadArtifact(request, options);
  runner.info(`uploaded artifact ${name} (${formatBytes(size)}, id ${id})`);
}

/** The runner's artifact service. @throws Fault naming the variable that the runner did not set */
export function artifactService({ env }: ActionRunner): { results: ResultsService; transport: Transport } {
  const [url, token] = [env["ACTIONS_RESULTS_URL"], env["ACTIONS_RUNTIME_TOKEN"]];
  if (!url || !token) {
    throw new Fault(
      `the runner gives this step no artifact service: ${url ? "ACTIONS_RUNTIME_TOKEN" : "ACTIONS_RESULTS_URL"} is not set`,
      {
        advice: "Run this as a step with `uses:` on a GitHub runner, or compare folders and manifests only.",
      },
    );
  }
  const transport = createTransport(env);
  return { transport, results: createResultsService({ url, token, transport }) };
}
