// Downloads 400 MB of an artifact from the storage at a URL: download.probe.ts <url> <relieved|plain>
// It is a process of its own, so that its time and memory can be measured.
import { openArtifact } from "@release-actions/artifacts";
import { createTransport } from "@release-actions/http";
import { silentReporter } from "@release-actions/report";

const [url = "", mode] = process.argv.slice(2);
const unknown = { digest: undefined, createdAt: undefined, expiresAt: undefined, runId: undefined };
const artifact = await openArtifact(
  { id: 1, name: "restate.tar", size: 0, ...unknown, mintUrl: async () => new URL(url) },
  { transport: createTransport(), reporter: silentReporter, heapRelief: mode === "relieved" },
);
let bytes = 0;
for await (const chunk of artifact.stream()) bytes += chunk.length;
process.exit(bytes === 400_000_000 ? 0 : 1);
