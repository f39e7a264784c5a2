import { formatBytes, formatDuration } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Loaded } from "./load-restate-image.ts";

/** Sets the outputs and writes the summary. */
export function report(runner: ActionRunner, tags: readonly string[], loaded: Loaded, ms: number): void {
  const { artifact, fetched, total, via, place } = loaded;
  runner.setOutput("image", tags[0] ?? "");
  runner.setOutput("image-id", loaded.imageId);
  runner.setOutput("digest", loaded.digest);
  runner.setOutput("platform", loaded.platform);
  runner.setOutput("source", place ?? "");
  runner.setOutput("via", via ?? "");
  runner.setOutput("run-id", artifact?.runId ?? "");
  runner.setOutput("artifact-id", artifact?.location.id ?? "");
  runner.setOutput("artifact-digest", artifact?.location.digest ?? "");
  runner.setOutput("size", { fetched, total });
  runner.setOutput("cache-hit", loaded.cacheHit);
  runner.info(`${tags.join(", ")} is ${loaded.imageId} (${loaded.platform}), ${how(loaded)} in ${formatDuration(ms)}`);
  runner.summary.verdict("success", `Image ${tags[0]}: loaded in ${formatDuration(ms)}`).facts([
    [
      "also tagged",
      tags
        .slice(1)
        .map((tag) => `\`${tag}\``)
        .join("\n"),
    ],
    ["image ID", `\`${loaded.imageId}\``],
    ["digest", `\`${loaded.digest}\``],
    ["platform", loaded.platform],
    ["from", origin(loaded)],
    ["how", how(loaded)],
    ["fetched", `${formatBytes(fetched)} of ${formatBytes(total)}`],
  ]);
}

function origin({ place, artifact }: Loaded): string {
  if (place === undefined) return "the engine";
  if (artifact === undefined) return place === "file" ? "a file" : "its registry";
  const { location, runId } = artifact;
  return `artifact ${location.name} (${location.id})${runId === undefined ? "" : ` of run ${runId}`}`;
}

function how({ via, cacheHit }: Loaded): string {
  if (cacheHit) return "the engine had it";
  if (via === undefined) return "pulled from its registry";
  return via === "registry" ? "pulled through a loopback registry" : "streamed into the engine's load endpoint";
}
