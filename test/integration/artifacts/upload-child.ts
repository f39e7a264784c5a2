// Uploads in a process of its own, because the published client reads the environment it runs in:
// `node upload-child.ts '<request as JSON>'`. The last line of standard output is the outcome as JSON.
import { createResultsService, type UploadRequest, uploadArtifact } from "@release-actions/artifacts";
import { createTransport } from "@release-actions/http";
import { Fault, silentReporter } from "@release-actions/report";
import { PATIENCE } from "./fixture.ts";

export type UploadOutcome =
  | { readonly id: number; readonly size: number; readonly digest?: string; readonly reused: boolean }
  | { readonly error: string; readonly message: string; readonly advice?: string };

// The only caller is `upload` in upload.test.ts, which writes this argument from a typed value.
const request = JSON.parse(process.argv[2] ?? "") as UploadRequest;
const outcome = await attempt();
console.log(`\n${JSON.stringify(outcome)}`);
// Exit explicitly, as actions do, because the client may have left a connection open.
process.exit(0);

async function attempt(): Promise<UploadOutcome> {
  const transport = createTransport();
  const url = process.env["ACTIONS_RESULTS_URL"] ?? "";
  const token = process.env["ACTIONS_RUNTIME_TOKEN"] ?? "";
  const results = createResultsService({ url, token, transport, patience: PATIENCE });
  try {
    const { digest, ...upload } = await uploadArtifact(request, {
      results,
      transport,
      reporter: silentReporter,
      firstPauseMs: 10,
    });
    return { ...upload, ...(digest === undefined ? {} : { digest }) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const advice = error.advice === undefined ? {} : { advice: error.advice };
    return { error: error.name, message: error.message, ...advice };
  }
}
