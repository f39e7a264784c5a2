import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { parseRules, requireDistTag } from "@release-actions/channel";
import { NpmError } from "@release-actions/npm";
import { type PublishingRun, publishInRun } from "@release-actions/release-run";
import type { ActionRunner } from "../action.gen.ts";
import { openArchives } from "../build/archive-store.ts";
import { type BuiltProduct, buildProduct } from "../build/build.ts";
import { openNpm } from "../npm-cli.ts";
import { parsePackages } from "../package-list.ts";
import { findReleased } from "../released.ts";
import { ledgerRows, publishingOf, showOutcomes } from "../summary.ts";
import { knownStages } from "./known-stages.ts";
import { outcomesOf } from "./outcome.ts";
import { type Plan, planProduct } from "./plan-product.ts";
import { checkAccess } from "./preflight.ts";
import { publishAll } from "./publish-all.ts";
import { PublishRoute } from "./publish-route.ts";
import { openServices } from "./services.ts";

/** Builds packages from the archives and publishes them. The base packages, which people install, come last. */
export async function publish(runner: ActionRunner): Promise<void> {
  await publishInRun(runner, publishingOf(runner.inputs), (run) => publishTo(runner, run));
}

async function publishTo(runner: ActionRunner, run: PublishingRun): Promise<void> {
  const { inputs } = runner;
  const { facts, artifacts, ledger } = run;
  const entries = parsePackages(inputs.packages);
  const rules = parseRules(inputs.rules);
  const tag = inputs["dist-tag"] && requireDistTag(inputs["dist-tag"], "the input `dist-tag`");
  const npm = await openNpm(runner);
  const route = new PublishRoute(inputs.publish, npm.version);
  const services = await openServices(runner, npm);
  const { registry, credentials } = services;

  const released = await findReleased(runner, run);
  const store = await openArchives(runner, facts.workspace, artifacts, released.checksums);
  const products: BuiltProduct[] = [];
  for (const entry of entries) products.push(await buildProduct(entry, { runner, facts, released, store, npm }));
  requireDistinct(products);
  await leaveTarballs(runner, products);

  const findStage = await knownStages(registry, artifacts, credentials.kind === "token");
  const plans: Plan[] = [];
  for (const product of products) plans.push(await planProduct(product, registry, rules, tag, findStage));
  const wanted = plans.filter(({ tag }) => tag !== undefined).flatMap(({ packages }) => packages);
  const missing = wanted.filter(({ isThere, stage }) => !isThere && !stage?.isCertain);
  if (missing.length > 0) await checkAccess(missing, facts, services);
  if (route.mayTurn && wanted.some(({ stage }) => stage !== undefined)) route.stageFromNow();
  const outcomes = outcomesOf(plans);
  try {
    if (!inputs["dry-run"]) await publishAll(plans, outcomes, { ...services, route, findStage });
  } finally {
    // Record failures too, so that people who look for the release can see what is here and what is not.
    showOutcomes(runner, registry.url, [...outcomes.values()]);
    ledger.set(ledgerRows(registry.url, [...outcomes.values()]));
  }
}

function requireDistinct(products: readonly BuiltProduct[]): void {
  const names = products.flatMap(({ packages }) => packages.map(({ name }) => name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new NpmError(`the input \`packages\` describes two packages named ${twice}`);
}

async function leaveTarballs({ inputs, setOutput }: ActionRunner, products: readonly BuiltProduct[]): Promise<void> {
  const folder = inputs.output;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  const left: string[] = [];
  for (const { tarball } of products.flatMap(({ packages }) => packages)) {
    const target = path.join(folder, path.basename(tarball));
    await cp(tarball, target);
    left.push(target);
  }
  setOutput("tarballs", left.join("\n"));
}
