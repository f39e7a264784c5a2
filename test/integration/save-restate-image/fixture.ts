import { memorySource, openZip, readZipEntry } from "@release-actions/archive";
import { Job, type StepOptions, type StepResult } from "../../runner/job.ts";
import type { GitHub } from "../../stand-in/github.ts";
import type { Artifact, Run } from "../../stand-in/model.ts";

export interface Saving extends StepOptions {
  /** Files of the workspace. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Inspects the job's folders before they are removed. */
  readonly look?: (job: Job) => Promise<void>;
}

/** Runs the action's bundle in a job of its own. */
export async function save(github: GitHub, run: Run, saving: Saving): Promise<StepResult> {
  await using job = await Job.open({ env: github.env(run) });
  job.write(saving.files ?? {});
  const step = await job.step("save-restate-image", saving);
  await saving.look?.(job);
  return step;
}

/** The artifacts that the run has at the end. */
export function artifactsOf(github: GitHub, run: Run): readonly Artifact[] {
  return github.world.artifactsOf(run);
}

export async function download(github: GitHub, artifact: Artifact): Promise<Buffer> {
  const response = await fetch(github.world.signedDownload(artifact));
  if (!response.ok) throw new Error(`the storage answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** The files of a zip by name. */
export async function unzip(bytes: Uint8Array): Promise<Record<string, Buffer>> {
  const source = memorySource(bytes);
  const files: Record<string, Buffer> = {};
  for (const entry of await openZip(source)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readZipEntry(source, entry)) chunks.push(chunk);
    files[entry.path] = Buffer.concat(chunks);
  }
  return files;
}
