import { writePublished } from "@release-actions/action-kit";
import { leftOutByRules, ociTag, type Version } from "@release-actions/channel";
import { formatReference } from "@release-actions/image-reference";
import type { LedgerRow } from "@release-actions/ledger";
import type { ActionRunner } from "./action.gen.ts";
import type { PushableImage } from "./image.ts";
import { type Place, tagsOf } from "./place.ts";

/** The result for one repository. */
export interface Outcome {
  readonly place: Place;
  /** The tags that were set and read back; undefined when none was set because of a failure. */
  readonly given: readonly string[] | undefined;
}

/** Sets the outputs (also after a failure) and shows the result for each repository. */
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

/** The ledger rows of the image, which the release notes and later attempts read. */
export function ledgerRows(version: Version, image: PushableImage, outcomes: readonly Outcome[]): readonly LedgerRow[] {
  return outcomes.map((outcome): LedgerRow => {
    const { place, given } = outcome;
    const digest = given ? { digest: image.root.digest } : {};
    const name = formatReference(place.reference);
    // The tag for pulling the image. If there are several, the first is an exact one.
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
  return { state: "skipped", reason: leftOutByRules(place.channel, "the image") };
}
