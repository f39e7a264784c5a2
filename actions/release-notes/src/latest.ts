import { decideChannel, parseTag, type Version } from "@release-actions/channel";
import type { DistPlan } from "@release-actions/dist-plan";
import type { GitHubRelease, MakeLatest, Releases } from "@release-actions/github-rest";
import { existingVersions } from "@release-actions/release-run";
import { NotesError } from "./sections.ts";

/** The facts that decide. */
interface Candidate {
  readonly plan: DistPlan;
  readonly version: Version;
  readonly release: GitHubRelease;
  readonly tags: readonly string[];
  readonly pushedTag: string | undefined;
}

/** The value of `make_latest` for a release, and the reason to show. */
export interface LatestRule {
  readonly makeLatest: MakeLatest;
  readonly reason: string;
}

/**
 * Decides as release-channel does: only the highest full release is the latest, or one that cargo-dist announces as
 * such (`force-latest`). Drafts and pre-releases never are, because GitHub refuses that.
 */
export function latestRule(input: "auto" | MakeLatest, candidate: Candidate): LatestRule {
  const { plan, version, release, tags, pushedTag } = candidate;
  if (release.isDraft || release.isPrerelease) {
    return { makeLatest: "false", reason: `it is a ${release.isDraft ? "draft" : "pre-release"}` };
  }
  if (input !== "auto") return { makeLatest: input, reason: "as the input `latest` says" };
  if (plan.forceLatest) return { makeLatest: "true", reason: "cargo-dist's `force-latest` is set" };
  const family = parseTag(release.tag)?.family ?? "";
  const { channel, isLatest } = decideChannel(version, existingVersions(tags, { family }, pushedTag));
  return { makeLatest: isLatest ? "true" : "false", reason: `its channel is \`${channel}\`` };
}

/** Whether GitHub's latest release agrees with the rule; always true for `legacy`, where GitHub decides. */
export async function isLatestRight(releases: Releases, release: GitHubRelease, rule: LatestRule): Promise<boolean> {
  if (rule.makeLatest === "legacy") return true;
  const latest = await releases.latest();
  return (latest?.id === release.id) === (rule.makeLatest === "true");
}

/** Reads back what GitHub shows as the latest release. */
export async function requireLatest(releases: Releases, release: GitHubRelease, rule: LatestRule): Promise<void> {
  if (await isLatestRight(releases, release, rule)) return;
  const shown = (await releases.latest())?.tag ?? "none";
  throw new NotesError(
    `GitHub shows ${shown} as the latest release, although ${release.tag} was written with make_latest ${rule.makeLatest} (${rule.reason})`,
    { advice: "Set the right one with `gh release edit <tag> --latest`, then run this job again." },
  );
}
