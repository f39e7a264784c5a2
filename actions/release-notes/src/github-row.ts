import { archivesOf, artifactsOf, type Checksums, type DistPlan } from "@release-actions/dist-plan";
import type { GitHubRelease, ReleaseAsset } from "@release-actions/github-rest";
import type { LedgerRow } from "@release-actions/ledger";
import { countOf, type Problem } from "@release-actions/report";

/**
 * Checks the GitHub release: every file of the plan must be attached and not empty, and every archive must have the
 * checksum of the build.
 */
export function readBackRelease(
  plan: DistPlan,
  release: GitHubRelease,
  assets: readonly ReleaseAsset[],
  checksums: Checksums,
  repository: string,
): { readonly row: LedgerRow; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const unverified: string[] = [];
  const say = (message: string): void =>
    void problems.push({ level: "error", message, title: "GitHub release is incomplete" });
  const archives = new Set(plan.releases.flatMap(archivesOf).map(({ name }) => name));
  for (const { name } of artifactsOf(plan)) {
    const asset = assets.find((candidate) => candidate.name === name);
    if (asset === undefined) say(`${name} is not attached to the release ${release.tag}`);
    else if (asset.state !== "uploaded" || asset.size === 0)
      say(`${name} is attached to ${release.tag}, but has no content`);
    else if (archives.has(name)) {
      const expected = checksums.get(name);
      if (expected === undefined) say(`there is no sha256 for ${name} in the finished build`);
      else if (asset.digest === undefined) unverified.push(name);
      else if (asset.digest !== `sha256:${expected}`)
        say(`${name} of ${release.tag} is ${asset.digest}, but the finished build has sha256:${expected}`);
    }
  }
  if (release.isPrerelease !== plan.isPrerelease) {
    say(
      `the release ${release.tag} is ${release.isPrerelease ? "" : "not "}marked as a pre-release, but the plan says otherwise`,
    );
  }
  const whole = problems.length === 0;
  const reason = whole
    ? unverified.length > 0
      ? `GitHub has no checksum for ${countOf(unverified.length, "archive")}`
      : release.isDraft
        ? "the release is a draft"
        : undefined
    : `${countOf(problems.length, "of its files is", "of its files are")} not as built`;
  const state = !whole || release.isDraft ? "planned" : unverified.length > 0 ? "published" : "verified";
  const row = { channel: "github", name: repository, version: release.tag, state, url: release.url, reason } as const;
  return { row: { ...row, at: new Date().toISOString() }, problems };
}
