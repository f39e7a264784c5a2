import { archiveFor, archivesOf, type DistPlan, type DroppedTargets, type Release } from "@release-actions/dist-plan";
import type { StringEntry } from "@release-actions/toml";
import type { DistConfig } from "./dist-config.ts";

/** An archive that the plan lacks although its target is declared. */
export interface Missing {
  readonly app: string;
  readonly target: StringEntry;
}

/** The targets declared for an app: its own, else the workspace's, without those that were dropped on purpose. */
export function declaredFor(app: string, config: DistConfig, isDropped: DroppedTargets): readonly StringEntry[] {
  return (config.ofApps.get(app) ?? config.targets).filter(({ value }) => !isDropped(app, value));
}

/** Whether an app has no archives but only `extra-artifacts`, which belong to no target. */
export function hasExtrasOnly(release: Release): boolean {
  return archivesOf(release).length === 0 && release.artifacts.some(({ kind }) => kind === "extra-artifact");
}

/** Finds, for every app of the plan, the declared targets without an archive. */
export function missingArchives(plan: DistPlan, config: DistConfig, isDropped: DroppedTargets): Missing[] {
  return plan.releases
    .filter((release) => !hasExtrasOnly(release))
    .flatMap((release) =>
      declaredFor(release.app, config, isDropped)
        .filter(({ value }) => archiveFor(release, value) === undefined)
        .map((target) => ({ app: release.app, target })),
    );
}

/** `1.2.3`, or `widget 1.2.3, server 0.9.0` for a plan with several versions, such as that of a pull request. */
export function versionsOf(plan: DistPlan): string {
  const different = new Set(plan.releases.map(({ version }) => version.text));
  const [first] = different;
  if (different.size === 1 && first !== undefined) return first;
  return plan.releases.map(({ app, version }) => `${app} ${version.text}`).join(", ");
}
