import { compareVersions, decideChannel, parseRules, parseVersion, type Rules } from "@release-actions/channel";
import { loadLedger } from "@release-actions/ledger";
import { NpmError, type Packument } from "@release-actions/npm";
import { type PublishingRun, publishInRun } from "@release-actions/release-run";
import type { ActionRunner } from "../action.gen.ts";
import { openNpm } from "../npm-cli.ts";
import { parsePackages } from "../package-list.ts";
import { namesOf, type ProductNames } from "../product-names.ts";
import { findReleased } from "../released.ts";
import { ledgerRows, publishingOf, showOutcomes } from "../summary.ts";
import { moveTag } from "./move-tag.ts";
import { newOutcome, type Outcome } from "./outcome.ts";
import { versionsOf } from "./plan-product.ts";
import { openServices, type Services } from "./services.ts";

/** Finishes a staged release: finds out which packages are approved and, once all are, sets the dist-tags. */
export async function finishStaged(runner: ActionRunner): Promise<void> {
  await publishInRun(runner, publishingOf(runner.inputs), (run) => finishInRun(runner, run));
}

async function finishInRun(runner: ActionRunner, run: PublishingRun): Promise<void> {
  const { inputs } = runner;
  const { artifacts, ledger } = run;
  const rules = parseRules(inputs.rules);
  const services = await openServices(runner, await openNpm(runner));
  const { registry } = services;

  const released = await findReleased(runner, run);
  const rows = artifacts.isAvailable ? await loadLedger(artifacts) : [];
  const outcomes: Outcome[] = [];
  const rejected: string[] = [];
  const products = parsePackages(inputs.packages).map((entry) => namesOf(entry, runner, released));
  for (const product of products) {
    const found = await lookAt(product, rules, services);
    for (const outcome of found) {
      const known = rows.find(
        ({ channel, name, version }) => channel === "npm" && name === outcome.name && version === outcome.version,
      );
      requireRecorded(outcome, known?.digest);
      if (outcome.state === "planned") rejected.push(`${outcome.name}@${outcome.version}`);
    }
    outcomes.push(...found);
    if (!inputs["dry-run"] && found.every(({ state }) => state === "verified"))
      await moveTags(product, rules, services);
    warnOfHalf(product, found, runner);
  }
  const bases = new Set(products.map(({ base }) => base));
  outcomes.sort((left, right) => Number(bases.has(left.name)) - Number(bases.has(right.name)));
  showOutcomes(runner, registry.url, outcomes);
  ledger.set(ledgerRows(registry.url, outcomes));
  if (rejected.length === 0) return;
  throw new NpmError(`${rejected.join(", ")} is neither public nor staged`, {
    advice: "It was rejected, or never staged: run the publishing job again to stage what is missing.",
  });
}

async function lookAt({ version, packages }: ProductNames, rules: Rules, services: Services): Promise<Outcome[]> {
  const { runner, registry } = services;
  const outcomes: Outcome[] = [];
  for (const name of packages) {
    const packument = await registry.packument(name);
    const { channel, npmDistTag: tag } = decideChannel(parseVersion(version), versionsOf(packument), rules);
    const there = packument?.versions.get(version);
    const outcome = newOutcome({ name, version, integrity: there?.integrity }, channel, tag);
    outcomes.push(outcome);
    if (outcome.state === "planned") {
      if (there === undefined) Object.assign(outcome, await whereItWaits(name, version, services));
      else outcome.state = "verified";
    }
    runner.debug(`${name}@${version}: ${outcome.state}`);
  }
  return outcomes;
}

/** Whether a version waits for approval: yes, no, or unknown if the registry does not show it to this credential. */
async function whereItWaits(
  name: string,
  version: string,
  { registry, credentials }: Services,
): Promise<Pick<Outcome, "state" | "stage">> {
  const waiting = (id: string | undefined, note?: string) => ({ state: "waiting", stage: { id, note } }) as const;
  const listed = credentials.kind === "token" ? await registry.staged(name) : undefined;
  const found = listed?.find((each) => each.version === version);
  if (found !== undefined) return waiting(found.id);
  const status = await registry.versionStatus(name, version);
  if (status === "blocked") {
    throw new NpmError(`npm's scan blocks ${name}@${version}`, {
      advice: "A maintainer can see the reason on the package's page.",
    });
  }
  if (status === "validating") return waiting(undefined, "npm scans it first");
  if (status === "staged") return waiting(undefined);
  if (listed !== undefined) return { state: "planned", stage: undefined };
  return waiting(undefined, "not public; only maintainers can see whether it is staged");
}

/** @throws NpmError when the approved version is not the one that this run staged. */
function requireRecorded({ name, version, state, integrity }: Outcome, recorded: string | undefined): void {
  if (state !== "verified" || recorded === undefined || integrity === undefined || recorded === integrity) return;
  throw new NpmError(`${name}@${version} is public with ${integrity}, but this run staged ${recorded}`, {
    advice:
      "Somebody published another build of this version. Find out who approved it, then deprecate it and raise the version.",
  });
}

/**
 * Corrects the dist-tags after approval. An approved version takes the dist-tag that it was staged with, even from a
 * newer version that was published meanwhile. Such a tag goes back to the newer version, and ours gets its own tag.
 */
async function moveTags({ version: text, packages }: ProductNames, rules: Rules, services: Services): Promise<void> {
  const version = parseVersion(text);
  for (const name of packages) {
    const packument = await services.registry.packument(name);
    const existing = versionsOf(packument);
    const { npmDistTag: own, moves } = decideChannel(version, existing, rules);
    const wanted = services.runner.inputs["dist-tag"] ?? own;
    for (const [tag, newer] of takenTags(packument, text, rules))
      await moveTag({ name, version: newer }, tag, services);
    if (wanted !== undefined && (moves.npm.includes(wanted) || wanted !== own)) {
      await moveTag({ name, version: text }, wanted, services);
    }
  }
}

/** The dist-tags of a version that, by the rules, belong to a newer version; each with that version. */
function takenTags(packument: Packument | undefined, version: string, rules: Rules): [tag: string, newer: string][] {
  const existing = versionsOf(packument);
  const own = parseVersion(version);
  const newest = existing
    .filter((other) => compareVersions(other, own) > 0)
    .sort((left, right) => compareVersions(right, left));
  const found: [string, string][] = [];
  for (const [tag, at] of packument?.tags ?? []) {
    if (at !== version) continue;
    const newer = newest.find((other) => decideChannel(other, existing, rules).moves.npm.includes(tag));
    if (newer !== undefined) found.push([tag, newer.text]);
  }
  return found;
}

function warnOfHalf({ base }: ProductNames, outcomes: readonly Outcome[], runner: ActionRunner): void {
  const missing = outcomes.filter(({ state }) => state === "waiting").map(({ name }) => name);
  if (missing.length === 0 || outcomes.find(({ name }) => name === base)?.state !== "verified") return;
  const message = `${base} is public, but these parts of it still wait for approval: ${missing.join(", ")}`;
  runner.problem({ level: "warning", message });
}
