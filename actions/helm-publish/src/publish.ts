import {
  decideChannel,
  leftOutByRules,
  ociTag,
  parseRules,
  parseTag,
  type Rules,
  type Version,
} from "@release-actions/channel";
import { ChartError, type ChartPackage, differences, existingChart, pushChart } from "@release-actions/chart";
import { formatReference, type ImageReference } from "@release-actions/image-reference";
import { type Registry, RegistryError, readAsWriter } from "@release-actions/registry-client";
import { type PublishingRun, publishInRun } from "@release-actions/release-run";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { checkImages } from "./check-images.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { chartReference, openRegistries, type Registries } from "./registries.ts";
import { timeOf } from "./source-time.ts";
import { findSubjects, type Subject } from "./subject.ts";
import { ledgerRow, type Outcome, type Result, summarize } from "./summary.ts";

/** Publishes charts to the registry. All charts are checked before the first push; the tag of each is pushed last. */
export async function publish(runner: ActionRunner): Promise<void> {
  const { registry = "", mode } = runner.inputs;
  const publishing = { channel: "chart", place: registry, keepsLedger: mode !== "check" };
  await publishInRun(runner, publishing, (run) => publishTo(runner, run));
}

async function publishTo(runner: ActionRunner, { facts, artifacts, ledger }: PublishingRun): Promise<void> {
  const { inputs } = runner;
  const rules = parseRules(inputs.rules);
  const isCheck = inputs.mode === "check";
  if (!isCheck) requireAccess(runner);
  const subjects = await findSubjects(runner, facts, artifacts);
  const prepared = new Map<Subject, Prepared>();
  for (const subject of subjects) prepared.set(subject, await prepare(runner, subject));
  const planned = (subject: Subject): Result => {
    if (inputs.registry === undefined) {
      return { subject, place: undefined, outcome: { state: "skipped", reason: "a check without a registry" } };
    }
    const place = chartReference(inputs.registry, subject.chart.name);
    return { subject, place, outcome: { state: "failed", reason: "publishing failed" } };
  };
  const results = subjects.map(planned);
  try {
    for (const [index, { subject, place }] of results.entries()) {
      const content = prepared.get(subject);
      if (place === undefined || content === undefined) continue;
      const outcome = await publishChart(runner, subject, content, place, rules).catch((error: unknown) => {
        // The registry gives the same answer for a denied and for a missing repository: only publishing can tell.
        if (isCheck && inputs.password === undefined && isDenied(error)) return UNSEEN;
        throw error;
      });
      results[index] = { subject, place, outcome };
    }
  } finally {
    // Record failures too, so that people who look for the release can see that it is not here.
    summarize(runner, results);
    ledger.set(
      results.flatMap(({ subject, place, outcome }) =>
        place === undefined ? [] : [ledgerRow(subject, place, outcome)],
      ),
    );
  }
}

const UNSEEN: Outcome = { state: "skipped", reason: "without a password, the registry does not show its content" };

function isDenied(error: unknown): boolean {
  return error instanceof RegistryError && (error.status === 401 || error.status === 403);
}

/** An unset secret arrives as an empty input. Report that now, not after everything else is done. */
function requireAccess({ inputs }: ActionRunner): void {
  if (inputs.registry === undefined)
    throw new ChartError("the input `registry` is empty, expected oci://<registry>/<path>");
  if (inputs.password === undefined) {
    throw new ChartError("the input `password` is empty, expected a password or token that may push", {
      advice:
        "A secret that does not exist is passed as an empty string: check its name, and that this repository or environment has it.",
    });
  }
}

async function publishChart(
  runner: ActionRunner,
  { folder, chart: { version: written }, version }: Subject,
  { content, provenance, rendered }: Prepared,
  place: ImageReference,
  rules: Rules,
): Promise<Outcome> {
  const { inputs } = runner;
  const registries = openRegistries(runner, place.registry);
  const registry = registries(place.registry);
  const known = inputs.password === undefined ? registry : { ...registry, ...readAsWriter(registry) };
  const { channel, chart } = decideChannel(version, await versionsIn(known, place), rules);
  if (chart === undefined) return { state: "skipped", reason: leftOutByRules(channel, "the chart") };
  const tag = ociTag(written);
  const there = await findSame(known, place, tag, content, inputs["if-exists"]);
  if (there !== undefined) return { state: "verified", digest: there, published: false };
  if (inputs.password !== undefined) await registry.requirePush(place.repository);
  if (inputs.mode === "check") return { state: "skipped", reason: "a check publishes nothing" };
  if (inputs.images.length > 0 && rendered !== undefined) await reportImages(runner, rendered, registries);
  const options = { created: await timeOf(folder, runner), provenance, reporter: runner };
  const digest = await pushChart(registry, place.repository, tag, content, options);
  return { state: "verified", digest, published: true };
}

/** The versions in the registry, which decide whether a release is a backport there. */
async function versionsIn(registry: Registry, { repository }: ImageReference): Promise<readonly Version[]> {
  const tags = await registry.tags(repository);
  return tags.map((tag) => parseTag(tag.replaceAll("_", "+"))?.version).filter((version) => version !== undefined);
}

/** The digest of an equal chart under the tag; undefined when the tag is free. */
async function findSame(
  registry: Registry,
  place: ImageReference,
  tag: string,
  content: ChartPackage,
  ifExists: ActionRunner["inputs"]["if-exists"],
): Promise<string | undefined> {
  const there = await existingChart(registry, place.repository, tag);
  if (there === undefined) return undefined;
  const name = formatReference({ ...place, tag });
  const changed = differences(content, there.content);
  if (changed.length === 0 && ifExists === "same") return there.digest;
  const [first] = changed;
  const how =
    first === undefined
      ? "with equal content"
      : `with other content in ${countOf(changed.length, "file")} such as ${first}`;
  throw new ChartError(`${name} exists ${how}, as ${there.digest}`, {
    advice:
      first === undefined
        ? "Set `if-exists: same` to accept an equal chart that already exists."
        : "A published version does not change: raise the chart's version.",
  });
}

async function reportImages(runner: ActionRunner, rendered: string, registries: Registries): Promise<void> {
  const images = await checkImages(rendered, runner.inputs.images, registries);
  runner.info(`found ${countOf(images.length, "image")} for ${runner.inputs.images.join(", ")}: ${images.join(", ")}`);
}
