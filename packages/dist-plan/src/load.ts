import { readFile, stat } from "node:fs/promises";
import { type DistPlan, PlanError } from "./plan.ts";
import { MAX_MANIFEST_BYTES, readPlan } from "./read.ts";

/** Reads one file out of an artifact of the current run; `undefined` when there is no such artifact. */
export type ArtifactFileReader = (artifact: string, file: string) => Promise<Uint8Array | undefined>;

/** Where the workflow of cargo-dist (release.yml) stores the manifests of its phases. */
const MANIFESTS = {
  plan: { artifact: "artifacts-plan-dist-manifest", file: "plan-dist-manifest.json" },
  global: { artifact: "artifacts-build-global", file: "global-dist-manifest.json" },
  host: { artifact: "artifacts-dist-manifest", file: "dist-manifest.json" },
} as const;

/**
 * Reads the input `plan`: the manifest's JSON text, a path, or `artifact` for the manifest that the run's plan job
 * uploaded. `artifact` is recommended, because Linux cannot start a process with a variable over 128 KiB, and GitHub
 * empties an output in which it finds a secret.
 */
export async function loadPlan(input: string, readArtifactFile: ArtifactFileReader): Promise<DistPlan> {
  if (input.trim() === "") {
    throw new PlanError("the input `plan` is empty", {
      advice: "Write `plan: artifact`. An output is empty if GitHub found a secret in it, or if its job was skipped.",
    });
  }
  if (input.trimStart().startsWith("{")) return readPlan(input, "the input `plan`");
  if (input === "artifact") return loadManifest("plan", readArtifactFile);
  return readPlan(await readManifestFile(input), `the plan in ${input}`);
}

/** Reads the manifest that a phase of cargo-dist uploaded in this run. */
export async function loadManifest(
  phase: keyof typeof MANIFESTS,
  readArtifactFile: ArtifactFileReader,
): Promise<DistPlan> {
  const { artifact, file } = MANIFESTS[phase];
  const content = await readArtifactFile(artifact, file);
  if (content === undefined) {
    throw new PlanError(`this run has no artifact ${artifact}, expected the ${phase} manifest of cargo-dist in it`, {
      advice: "Add the job that makes it to `needs`, in the same workflow run.",
    });
  }
  return readPlan(content, `${file} of the artifact ${artifact}`);
}

async function readManifestFile(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    // The size is checked before reading, in case the path leads to a large archive.
    if (size > MAX_MANIFEST_BYTES)
      throw new PlanError(`${path} has ${size} bytes, expected a manifest of at most ${MAX_MANIFEST_BYTES}`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof PlanError) throw cause;
    throw new PlanError(`the plan cannot be read from ${JSON.stringify(path)}`, {
      cause,
      advice: "Set `plan` to the manifest's JSON, a path to it, or `artifact`.",
    });
  }
}
