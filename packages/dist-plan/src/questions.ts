import type { Version } from "@release-actions/channel";
import { type Artifact, type DistPlan, PlanError, type Release } from "./plan.ts";

/**
 * The release of an app, or of the only app.
 *
 * @throws PlanError if the plan does not have exactly one such release
 */
export function releaseOf(plan: DistPlan, app?: string): Release {
  const apps = plan.releases.map((release) => release.app).join(", ");
  const [first, second] = plan.releases.filter((release) => app === undefined || release.app === app);
  if (first === undefined) throw new PlanError(`the plan does not release ${app}, only ${apps}`);
  if (second !== undefined) throw new PlanError(`the plan releases ${apps}: name one of them`);
  return first;
}

/**
 * The version of the whole plan. cargo-dist announces several apps under one tag only if they have the same version.
 *
 * @throws PlanError if the plan has several versions
 */
export function versionOf(plan: DistPlan): Version {
  const [first, ...others] = plan.releases;
  const other = others.find((release) => release.version.text !== first?.version.text);
  if (first === undefined || other !== undefined) {
    const versions = plan.releases.map((release) => `${release.app} ${release.version.text}`).join(", ");
    throw new PlanError(`the plan has several versions: ${versions}`);
  }
  return first.version;
}

/** The archives with executables, in the manifest's order. */
export function archivesOf(release: Release): readonly Artifact[] {
  return release.artifacts.filter((artifact) => artifact.kind === "executable-zip");
}

/** The archive for a Rust target triple; `undefined` when the release has none. */
export function archiveFor(release: Release, target: string): Artifact | undefined {
  return archivesOf(release).find((archive) => archive.targets.includes(target));
}

/** The Homebrew formulae, which cargo-dist lists among the installers. */
export function formulaeOf(release: Release): readonly Artifact[] {
  return release.artifacts.filter((artifact) => artifact.kind === "installer" && artifact.name.endsWith(".rb"));
}

/** The files of all releases, without duplicates. */
export function artifactsOf(plan: DistPlan): readonly Artifact[] {
  return [
    ...new Map(plan.releases.flatMap((release) => release.artifacts).map((found) => [found.name, found])).values(),
  ];
}

/** The download URL of a file of a release; `undefined` when the release is not hosted on GitHub. */
export function downloadUrl(release: Release, fileName: string): string | undefined {
  return release.hosting && `${release.hosting.downloadBase}/${encodeURIComponent(fileName)}`;
}

/**
 * Checks that the workflow runs for the planned tag. Otherwise it would publish another version than it built.
 *
 * @param pushedTag the tag for which the workflow runs; `undefined` when it runs for none
 * @throws PlanError
 */
export function requireTag(plan: DistPlan, pushedTag: string | undefined): void {
  if (pushedTag === undefined || plan.tag === pushedTag) return;
  throw new PlanError(`the workflow runs for the tag ${pushedTag}, but the plan announces ${plan.tag ?? "none"}`, {
    advice: "Use the plan of this run, and tag the commit whose Cargo.toml has the tag's version.",
  });
}
