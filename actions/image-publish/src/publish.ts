import { parseRules } from "@release-actions/channel";
import { forEachLimited } from "@release-actions/concurrency";
import { createTransport } from "@release-actions/http";
import { formatReference } from "@release-actions/image-reference";
import { openRegistry } from "@release-actions/registry-client";
import { type PublishingRun, publishInRun } from "@release-actions/release-run";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { PushableImage } from "./image.ts";
import { parseLogins, requireLogins } from "./logins.ts";
import { type Place, parsePlace, planPlace, pushContent, pushTags, tagsOf } from "./place.ts";
import { findSubject } from "./subject.ts";
import { ledgerRows, type Outcome, summarize } from "./summary.ts";

/** Publishes an image to all registries. Tags are pushed last, and are the only part that others can see. */
export async function publish(runner: ActionRunner): Promise<void> {
  const { inputs } = runner;
  const logins = parseLogins(inputs.logins);
  for (const { password } of logins.values()) runner.mask(password);
  const publishing = { channel: "image", place: inputs.images.join(", "), keepsLedger: true };
  await publishInRun(runner, publishing, (run) => publishTo(runner, logins, run));
}

async function publishTo(
  runner: ActionRunner,
  logins: ReturnType<typeof parseLogins>,
  { facts, artifacts, ledger }: PublishingRun,
): Promise<void> {
  const { inputs, signal } = runner;
  const options = { rules: parseRules(inputs.rules), tags: inputs.tags, ifExists: inputs["if-exists"] };
  const references = inputs.images.map(parsePlace);
  requireLogins(logins, references);
  const transport = createTransport({ ...runner.env });
  const { version, image } = await findSubject(runner, facts, artifacts, transport);
  runner.info(`the image is ${image.root.digest}, for ${image.platforms.join(", ")}`);

  const places = await Promise.all(
    references.map((reference) => {
      const credentials = logins.get(reference.registry);
      const registry = openRegistry(reference.registry, { transport, credentials, signal });
      return planPlace(reference, registry, version, image.root, options);
    }),
  );
  const done = new Map<Place, readonly string[]>();
  try {
    await pushAll(runner, places, image, done);
  } finally {
    // Record failures too, so that people who look for the release can see where it is and where it is not.
    const outcomes = places.map((place): Outcome => ({ place, given: done.get(place) }));
    summarize(runner, version, image, outcomes);
    ledger.set(ledgerRows(version, image, outcomes));
  }
}

async function pushAll(
  runner: ActionRunner,
  places: readonly Place[],
  image: PushableImage,
  done: Map<Place, readonly string[]>,
): Promise<void> {
  const chosen = places.filter((place) => tagsOf(place).length > 0);
  // Within a registry, send the blobs to the first repository only; the others mount them from there.
  const registries = Map.groupBy(chosen, ({ reference }) => reference.registry);
  await forEachLimited(registries.values(), registries.size, async ([first, ...others]) => {
    if (first === undefined) return;
    const push = async (place: Place, from?: string): Promise<void> => {
      const { sent, mounted } = await pushContent(place, image, from);
      const how = mounted === 0 ? "" : `, ${mounted} mounted from ${from}`;
      const blobs = `${sent} of ${countOf(image.blobs.length, "blob")} sent${how}`;
      runner.info(`${formatReference(place.reference)} has the image; ${blobs}`);
    };
    await push(first);
    await forEachLimited(others, others.length, (place) => push(place, first.reference.repository));
  });
  for (const place of chosen) {
    runner.info(`tagging ${formatReference(place.reference)}: ${tagsOf(place).join(", ")}`);
    done.set(place, await pushTags(place, image.root));
  }
}
