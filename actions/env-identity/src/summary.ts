import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Verdict } from "./identify.ts";

/** Sets the outputs (also when the lock is refused), then writes the annotations and the summary. */
export function summarize(runner: ActionRunner, verdict: Verdict): void {
  const { lock, identity, drift, changes, problems } = verdict;
  runner.setOutput("packages", lock.packages.length);
  runner.setOutput("base-image-digest", lock.baseImageDigest);
  runner.setOutput("drift", drift);
  runner.setOutput("changes", changes);
  if (identity !== undefined) {
    runner.setOutput("env-id", identity.envId);
    runner.setOutput("short-id", identity.shortId);
    runner.setOutput("env-id-v2", identity.envIdV2);
    runner.info(`environment ${identity.envId} (${countOf(lock.packages.length, "package")} on ${lock.baseImage})`);
  }
  for (const problem of problems) runner.problem(problem);

  const errors = problems.filter(({ level }) => level === "error").length;
  const [mark, said] =
    identity === undefined || errors > 0
      ? (["error", `lock file refused, ${countOf(errors, "error")}`] as const)
      : ([
          problems.some(({ level }) => level === "warning") ? "warning" : "success",
          changes.length === 0 ? identity.shortId : `${identity.shortId}, changed`,
        ] as const);
  runner.summary.verdict(mark, `Environment: ${said}`).findings(problems);
  if (identity !== undefined) {
    runner.summary.facts([
      ["env-id", `\`${identity.envId}\``],
      ["env-id-v2", `\`${identity.envIdV2}\``],
      ["base image", `${lock.baseImage} (\`${lock.baseImageDigest}\`)`],
      ["packages, apps, mounts", `${lock.packages.length}, ${lock.apps.length}, ${lock.mounts.length}`],
    ]);
  }
  if (changes.length > 0) {
    const rows = changes.map(({ field, before, after }) => [field, before ?? "-", after ?? "-"]);
    runner.summary.heading("Changed").table(["field", "before", "after"], rows);
  }
  if (errors > 0) runner.fail(`the lock file was refused: ${countOf(errors, "error")}, shown above`);
}
