import { homedir } from "node:os";
import { checksOfCommit, MissingArtifactError, waitForArtifact } from "@release-actions/artifacts";
import type { CommandRunner } from "@release-actions/command";
import { type Engine, EngineError, type Image, pullImage, storedCredentials } from "@release-actions/docker";
import { parseReference } from "@release-actions/image-reference";
import { type Job, restClient } from "./find-artifact.ts";
import type { Inputs } from "./inputs.ts";

/** Lets the engine pull the image from its registry; waits for the image to be pushed as long as the inputs allow. */
export async function pullFromRegistry(
  engine: Engine,
  reference: string,
  inputs: Inputs,
  job: Job & { readonly run: CommandRunner },
): Promise<Image> {
  const { env, reporter, signal } = job;
  const { registry, tag = "" } = parseReference(reference);
  const credentials = await storedCredentials(registry, { env, home: homedir(), run: job.run });
  const pull = async (): Promise<Image> => {
    try {
      return await pullImage(engine, reference, { reporter, platform: inputs.platform, credentials, signal });
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new MissingArtifactError(`${registry} has no image ${reference}`, {
        cause: error,
        advice: `Check that the job that pushes it has run, and that this job may pull: docker login ${registry}`,
      });
    }
  };
  // An image's tag is the commit it was built from, and that commit has the check of the job that builds it.
  const commit = /^[0-9a-f]{40}$/.test(tag) ? tag : (env["GITHUB_SHA"] ?? "");
  const checks = checksOfCommit(restClient(inputs, job), inputs.repository, commit);
  return await waitForArtifact(pull, {
    what: reference,
    timeoutMs: inputs.waitTimeoutMs,
    reporter,
    signal,
    check: inputs.waitForCheck === undefined ? undefined : { name: inputs.waitForCheck, source: checks },
  });
}

/** Whether the registry lacks the image. Engines pass on the registry's own words; a refused login does not count. */
function isMissing(error: unknown): boolean {
  return error instanceof EngineError && (error.status === 404 || /manifest unknown|not found/i.test(error.said));
}
