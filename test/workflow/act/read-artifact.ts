// Runs inside a job of act: `node read-artifact.ts <name>`. Prints how the artifact was read, and its digest.
import { createHash } from "node:crypto";
import { findInCurrentRun, openArtifact, resultsOfJob } from "@release-actions/artifacts";
import { createTransport } from "@release-actions/http";
import { silentReporter } from "@release-actions/report";

const transport = createTransport();
const location = await findInCurrentRun(resultsOfJob(process.env, { transport }), process.argv[2] ?? "");
const artifact = await openArtifact(location, { transport, reporter: silentReporter });
const hash = createHash("sha256");
for await (const chunk of artifact.stream()) hash.update(chunk);
console.log(`read ${artifact.kind} sha256:${hash.digest("hex")}`);
