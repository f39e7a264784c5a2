import { type Finding, placeOf } from "@release-actions/pins";
import type { Problem } from "@release-actions/report";

/** The most lines that one message lists. */
const MAX_LINES = 8;

/**
 * One annotation for each disagreement, at the place that must follow. When a file has the same cause of a warning
 * several times, such as `stable` in every job, it gets one annotation.
 */
export function annotationsOf(findings: readonly Finding[]): Problem[] {
  const groups = Map.groupBy(findings, (finding) => (finding.severity === "error" ? finding : sameCause(finding)));
  return [...groups.values()].flatMap((group): Problem[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { relation, fact, severity, message, follower } = first;
    const lines = group.slice(1).flatMap(({ follower: { location } }) => location?.line ?? []);
    const also =
      lines.slice(0, MAX_LINES).join(", ") + (lines.length > MAX_LINES ? ` and ${lines.length - MAX_LINES} more` : "");
    return [
      {
        level: severity,
        title: `${relation.name}: ${fact}`,
        message: lines.length === 0 ? message : `${message} (also line${lines.length === 1 ? "" : "s"} ${also})`,
        location: follower.location,
      },
    ];
  });
}

function sameCause({ relation, fact, message, leader, follower }: Finding): string {
  return JSON.stringify([
    relation.name,
    fact,
    message,
    leader && placeOf(leader),
    follower.location?.file,
    follower.value,
  ]);
}
