import { archiveFor, type DistPlan } from "@release-actions/dist-plan";
import type { StringEntry, TomlDocument } from "@release-actions/toml";
import { stringsOf, tableOf } from "@release-actions/toml";

/** An archive that should be planned and is not. */
export interface Missing {
  readonly app: string;
  readonly target: StringEntry;
}

/** The targets that cargo-dist's configuration declares for the whole workspace. */
export function declaredTargets({ root }: TomlDocument): readonly StringEntry[] {
  return stringsOf(tableOf(root, "dist"), "targets");
}

/** Every app of the plan is to have an archive for every target. */
export function missingArchives(plan: DistPlan, targets: readonly StringEntry[]): Missing[] {
  return plan.releases.flatMap((release) =>
    targets
      .filter(({ value }) => archiveFor(release, value) === undefined)
      .map((target) => ({ app: release.app, target })),
  );
}
