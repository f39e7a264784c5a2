import { randomBytes } from "node:crypto";
import { ociTag, type Version } from "@release-actions/channel";
import { formatReference } from "@release-actions/image-reference";
import { type LedgerRow, saveLedger } from "@release-actions/ledger";
import type { RunArtifacts } from "@release-actions/release-run";
import type { PushableImage } from "./image.ts";
import { type Place, tagsOf } from "./place.ts";
import type { PublishRunner } from "./publish-runner.ts";

/** What became of one repository. */
export interface Outcome {
  readonly place: Place;
  /** The tags that were set and read back; undefined when it came to none. */
  readonly given: readonly string[] | undefined;
}

/** Sets the outputs, also when it failed, and shows what became of each repository. */
export function tell(
  runner: PublishRunner,
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
  runner.summary
    .heading(`Image ${version.text}`)
    .table(
      ["repository", "tags", "state"],
      outcomes.map((outcome) => {
        const { state, reason } = verdict(outcome);
        return [
          `\`${formatReference(outcome.place.reference)}\``,
          (outcome.given ?? tagsOf(outcome.place)).map((tag) => `\`${tag}\``).join(" "),
          reason ? `${state}: ${reason}` : state,
        ];
      }),
    )
    .raw(`\`${image.root.digest}\` for ${image.platforms.join(", ")}.`);
}

/** Leaves what happened for the release notes and for a later attempt. */
export async function recordLedger(
  runner: PublishRunner,
  artifacts: RunArtifacts,
  attempt: number,
  version: Version,
  image: PushableImage,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (!artifacts.isAvailable) return;
  const rows = outcomes.map((outcome): LedgerRow => {
    const { place, given } = outcome;
    const digest = given ? { digest: image.root.digest } : {};
    const name = formatReference(place.reference);
    // The tag by which it is pulled; where there are several, the first is the exact one.
    const tag = tagsOf(place)[0] ?? ociTag(version.text);
    return { channel: "image", name, version: tag, ...verdict(outcome), ...digest, at: new Date().toISOString() };
  });
  const options = { channel: "image", attempt, random: randomBytes(4).toString("hex") };
  runner.info(`wrote the ledger ${await saveLedger(artifacts, rows, options)}`);
}

function verdict({ place, given }: Outcome): Pick<LedgerRow, "state" | "reason"> {
  if (given) return { state: "verified" };
  if (tagsOf(place).length > 0) return { state: "planned", reason: "publishing failed" };
  return { state: "skipped", reason: `the rules publish no image of a ${place.channel} release` };
}
