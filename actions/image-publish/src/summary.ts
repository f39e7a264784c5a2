import { writePublished } from "@release-actions/action-kit";
import { ociTag, type Version } from "@release-actions/channel";
import { formatReference } from "@release-actions/image-reference";
import type { LedgerRow } from "@release-actions/ledger";
import type { ActionRunner } from "./action.gen.ts";
import type { PushableImage } from "./image.ts";
import { type Place, tagsOf } from "./place.ts";

/** What became of one repository. */
export interface Outcome {
  readonly place: Place;
  /** The tags that were set and read back; undefined when it came to none. */
  readonly given: readonly string[] | undefined;
}

/** Sets the outputs, also when it failed, and shows what became of each repository. */
export function summarize(
  runner: ActionRunner,
  version: Version,
  image: PushableImage,
  outcomes: readonly Outcome[],
): void {
  runner.setOutput("digest", image.root.digest);
  runner.setOutput(
    "references",
    outcomes
      .flatMap(({ place, given = [] }) => given.map((tag) => formatReference({ ...place.reference, tag })))
      .join("\n"),
  );
  const place = outcomes.length === 1 ? "" : ` in ${outcomes.length} repositories`;
  writePublished(runner.summary, {
    subject: `Image ${version.text}${place}`,
    header: ["repository", "tags"],
    rows: outcomes.map((outcome) => {
      const { state, reason = "pushed and read back" } = verdict(outcome);
      const tags = (outcome.given ?? tagsOf(outcome.place)).map((tag) => `\`${tag}\``).join(" ");
      const cells = [`\`${formatReference(outcome.place.reference)}\``, tags];
      return { state: state === "verified" ? "published" : state, cells, said: reason };
    }),
  });
  runner.summary.text(`\`${image.root.digest}\` for ${image.platforms.join(", ")}.`);
}

/** What happened, for the release notes and for a later attempt. */
export function ledgerRows(version: Version, image: PushableImage, outcomes: readonly Outcome[]): readonly LedgerRow[] {
  return outcomes.map((outcome): LedgerRow => {
    const { place, given } = outcome;
    const digest = given ? { digest: image.root.digest } : {};
    const name = formatReference(place.reference);
    // The tag by which it is pulled; where there are several, the first is the exact one.
    const tag = tagsOf(place)[0] ?? ociTag(version.text);
    return { channel: "image", name, version: tag, ...verdict(outcome), ...digest, at: new Date().toISOString() };
  });
}

function verdict({ place, given }: Outcome): {
  readonly state: "verified" | "failed" | "skipped";
  readonly reason?: string;
} {
  if (given) return { state: "verified" };
  if (tagsOf(place).length > 0) return { state: "failed", reason: "publishing failed" };
  return { state: "skipped", reason: `the rules publish no image of a ${place.channel} release` };
}
