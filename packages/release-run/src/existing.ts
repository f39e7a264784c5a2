import { parseTag, type Version, versionsOfFamily } from "@release-actions/channel";
import { type DistPlan, PlanError, requireTag, versionOf } from "@release-actions/dist-plan";
import { countOf } from "@release-actions/report";
import { RunError } from "./facts.ts";

/** The version that is being released, and the tags to which it belongs. */
export interface Subject {
  readonly version: Version;
  /** The family of its tags (see `parseTag`). */
  readonly family: string;
}

/** Takes the version from the plan. @throws PlanError when the workflow runs for another tag */
export function subjectOfPlan(plan: DistPlan, pushedTag: string | undefined): Subject {
  requireTag(plan, pushedTag);
  const version = versionOf(plan);
  const tag = plan.tag === undefined || plan.tagIsImplicit ? undefined : parseTag(plan.tag);
  return { version, family: tag?.family ?? "" };
}

/** Takes the given version. @throws PlanError when the workflow runs for the tag of another version */
export function subjectOfVersion(version: Version, pushedTag: string | undefined): Subject {
  if (pushedTag === undefined) return { version, family: "" };
  const tag = parseTag(pushedTag);
  if (tag === undefined || tag.version.text !== version.text) {
    throw new PlanError(`the workflow runs for the tag ${pushedTag}, but the version is ${version.text}`);
  }
  return { version, family: tag.family };
}

/**
 * The versions released so far, read from all tags of the repository.
 *
 * @throws RunError when the tag that is being released is not among them. The list is then incomplete, and with an
 *   incomplete list an older release line could be marked as the latest.
 */
export function existingVersions(
  tags: readonly string[],
  subject: Pick<Subject, "family">,
  pushedTag: string | undefined,
): readonly Version[] {
  if (pushedTag !== undefined && !tags.includes(pushedTag)) {
    throw new RunError(
      `the workflow runs for the tag ${pushedTag}, which is not among the repository's ${countOf(tags.length, "tag")}`,
      {
        advice: "Was the tag deleted or moved? Push it again, or run the workflow again when all tags are readable.",
      },
    );
  }
  return versionsOfFamily(tags, subject.family);
}
