import { cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { parseRules, requireDistTag } from "@release-actions/channel";
import { createTransport } from "@release-actions/http";
import { NpmError, openNpmRegistry } from "@release-actions/npm";
import { type RunArtifacts, readFacts, runArtifacts } from "@release-actions/release-run";
import { openArchives } from "./archive-store.ts";
import { type BuiltProduct, buildProduct } from "./build.ts";
import { openNpm } from "./npm-cli.ts";
import { parsePackages } from "./package-list.ts";
import { type Credentials, checkAccess, chooseCredentials } from "./preflight.ts";
import type { PublishRunner } from "./publish-runner.ts";
import { findReleased } from "./released.ts";
import { type Plan, planProduct } from "./settle.ts";
import { type Outcome, outcomesOf, recordLedger, tell } from "./tell.ts";
import { uploadPackage } from "./upload.ts";

/** From archives to npm. The base packages are the last thing published, and the only ones that people install. */
export async function publish(runner: PublishRunner): Promise<void> {
  const { inputs, signal } = runner;
  const entries = parsePackages(inputs.packages);
  const rules = parseRules(inputs.rules);
  const tag = inputs["dist-tag"] && requireDistTag(inputs["dist-tag"], "the input `dist-tag`");
  const facts = readFacts(runner.env);
  const npm = await openNpm(runner);
  const credentials = await chooseCredentials(runner, npm);
  const artifacts = runArtifacts(runner.env, runner);
  const transport = createTransport({ ...runner.env });
  const registry = openNpmRegistry(npm.registry, { transport, token: inputs.token, reporter: runner, signal });

  const released = await findReleased(runner, facts, artifacts);
  const store = await openArchives(runner, facts.workspace, artifacts, released.checksums);
  const products: BuiltProduct[] = [];
  for (const entry of entries) products.push(await buildProduct(entry, { runner, facts, released, store, npm }));
  requireDistinct(products);
  await leaveTarballs(runner, products);

  const plans: Plan[] = [];
  for (const product of products) plans.push(await planProduct(product, registry, rules, tag));
  const wanted = plans.filter(({ tag }) => tag !== undefined).flatMap(({ packages }) => packages);
  const missing = wanted.filter(({ isThere }) => !isThere);
  if (missing.length > 0) await checkAccess(runner, credentials, missing, registry, facts, transport);
  const outcomes = outcomesOf(plans);
  try {
    if (!inputs["dry-run"]) await publishAll(plans, outcomes, credentials, { runner, npm, registry });
  } finally {
    // Also when it failed: whoever looks for the release later must see what is here, and what is not.
    tell(runner, registry.url, outcomes);
    await leaveLedger(runner, artifacts, facts.attempt, outcomes);
  }
}

type Services = Parameters<typeof uploadPackage>[2];

/** All platform packages of all products first: a base that is installed must find its parts. */
async function publishAll(
  plans: readonly Plan[],
  outcomes: readonly Outcome[],
  credentials: Credentials,
  services: Services,
): Promise<void> {
  const chosen = plans.filter(({ tag }) => tag !== undefined);
  const isBase = (plan: Plan, name: string): boolean => plan.product.base.name === name;
  for (const phase of ["platforms", "bases"] as const) {
    for (const plan of chosen) {
      for (const each of plan.packages.filter(({ name }) => isBase(plan, name) === (phase === "bases"))) {
        const outcome = outcomes.find((candidate) => candidate.built === each);
        if (outcome !== undefined) await publishOne(plan, outcome, credentials, services);
      }
    }
  }
}

async function publishOne(plan: Plan, outcome: Outcome, credentials: Credentials, services: Services): Promise<void> {
  const { built } = outcome;
  const { tag = "" } = plan;
  const { provenance, kind } = credentials;
  if (built.isThere) {
    await catchUp(plan, outcome, credentials, services);
    outcome.state = "verified";
    return;
  }
  const { access } = services.runner.inputs;
  // An existing package keeps the access it has; npm wants it said where it cannot look it up.
  const said = !built.exists || provenance ? access : undefined;
  const options = { tag, access: built.name.startsWith("@") ? said : undefined, provenance };
  await uploadPackage(built, { ...options, identity: provenance || kind === "identity" }, services);
  outcome.state = "verified";
  outcome.published = true;
}

/** A version that is there, but whose tag was taken back or never set: only ever forwards, and only with a token. */
async function catchUp(
  plan: Plan,
  { built }: Outcome,
  { kind }: Credentials,
  { runner, npm, registry }: Services,
): Promise<void> {
  const { tag } = plan;
  if (tag === undefined || !plan.moves) return;
  const current = (await registry.packument(built.name))?.tags.get(tag);
  if (current === built.version) return;
  const spec = `${built.name}@${built.version}`;
  if (kind === "token") {
    await npm.setTag(spec, tag);
    runner.info(`moved the dist-tag ${tag} from ${current ?? "nothing"} to ${spec}`);
    return;
  }
  const message = `the dist-tag ${tag} of ${built.name} is at ${current ?? "nothing"}, expected ${built.version}; only a token can move it`;
  runner.problem({ level: "warning", message });
}

function requireDistinct(products: readonly BuiltProduct[]): void {
  const names = products.flatMap(({ platforms, base }) => [...platforms, base].map(({ name }) => name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new NpmError(`the input \`packages\` makes ${twice} twice`);
}

async function leaveTarballs({ inputs, setOutput }: PublishRunner, products: readonly BuiltProduct[]): Promise<void> {
  const folder = inputs.output;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  const left: string[] = [];
  for (const { tarball } of products.flatMap(({ platforms, base }) => [...platforms, base])) {
    const target = path.join(folder, path.basename(tarball));
    await cp(tarball, target);
    left.push(target);
  }
  setOutput("tarballs", left.join("\n"));
}

async function leaveLedger(
  runner: PublishRunner,
  artifacts: RunArtifacts,
  attempt: number,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (artifacts.isAvailable && !runner.inputs["dry-run"]) await recordLedger(runner, artifacts, attempt, outcomes);
}
