import path from "node:path";
import { DEFAULT_RULES, parseRules, parseTag, type Rules, type Version } from "@release-actions/channel";
import { childEnv } from "@release-actions/command";
import { type DistPlan, loadPlan, mergeChecksums, parseDropTargets, requireTag } from "@release-actions/dist-plan";
import { basicCredential, remoteUrl } from "@release-actions/git";
import { openReleases } from "@release-actions/github-rest";
import { FormulaError, openTap, publishRevision, type Revision, type Tap } from "@release-actions/homebrew";
import {
  checksumsOfAssets,
  existingVersions,
  type PublishingRun,
  publishInRun,
  type RunFacts,
  restOfRun,
} from "@release-actions/release-run";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { type Collected, collect, type Source } from "./collect.ts";
import { findDependencyProblems } from "./dependencies.ts";
import { expectationOf, findProblems, throughGateway } from "./prepare.ts";
import { brewStyle, findBrew } from "./style.ts";
import { ledgerRows, type Outcome, summarize } from "./summary.ts";
import { commitMessage, type Entry, planTap, remarks, toCommit } from "./tap-plan.ts";

/** Publishes the formulae of the plan to the tap. The push comes last, and is the only step that others can see. */
export async function publish(runner: ActionRunner): Promise<void> {
  const { tap, "dry-run": isDry } = runner.inputs;
  const publishing = { channel: "homebrew", place: tap, otherwise: "tap", keepsLedger: !isDry };
  await publishInRun(runner, publishing, (run) => publishTo(runner, run));
}

async function publishTo(runner: ActionRunner, run: PublishingRun): Promise<void> {
  const { inputs } = runner;
  const { facts, artifacts, ledger } = run;
  const parsedRules = rulesOf(inputs.prerelease, inputs.rules);
  const url = remoteUrl(inputs.tap, facts.serverUrl);
  requireToken(url, runner);
  const plan = await loadPlan(inputs.plan, artifacts.read);
  requireTag(plan, facts.tag);

  const ofRun = await collect(plan, inputs.formulae, run);
  const collected = await withReleaseChecksums(ofRun, plan, facts, runner);
  const sources = await prepare(collected, plan, runner);
  const existing = await releasedVersions(plan, facts, runner);
  const rules = { rules: parsedRules, existing, republish: inputs.republish };

  if (inputs.token !== undefined) runner.mask(basicCredential(inputs.token));
  const env = childEnv(runner.env);
  const access = { run: runner.exec, env, url, token: inputs.token, signal: runner.signal };
  const tap = await openTap(access, path.join(await runner.tempFolder("tap"), "tap"), inputs["tap-branch"]);
  const outcome: Outcome = { entries: [], published: undefined, isPushed: false, url, dryRun: inputs["dry-run"] };
  try {
    outcome.entries = await planTap(tap, sources, rules);
    await reportDependencies(runner, tap, sources);
    const push = !inputs["dry-run"] && outcome.entries.some(isForPeople);
    const identity = { name: inputs["committer-name"], email: inputs["committer-email"] };
    const revise = async (): Promise<Revision> => {
      outcome.entries = await planTap(tap, sources, rules);
      const chosen = toCommit(outcome.entries).filter((entry) => !push || isForPeople(entry));
      const moved = chosen.flatMap(({ path: to, movedFrom }) =>
        movedFrom === undefined ? [] : [[to, movedFrom] as const],
      );
      const files = new Map(chosen.map((entry) => [entry.path, entry.text]));
      return { files, moved: new Map(moved), message: commitMessage(chosen) };
    };
    outcome.published = await publishRevision(tap, identity, push, revise, () => {
      outcome.isPushed = true;
    });
    for (const message of remarks(outcome.entries))
      runner.problem({ level: "warning", title: "homebrew-publish", message });
  } finally {
    // Record failures too, so that people who look for the release can see that it is not here.
    summarize(runner, outcome);
    if (outcome.entries.length > 0) ledger.set(ledgerRows(outcome));
  }
}

function rulesOf(prerelease: ActionRunner["inputs"]["prerelease"], lines: readonly string[]): Rules {
  const formula = { "commit-only": "commit", skip: "skip", push: "push" } as const;
  const base = { ...DEFAULT_RULES, prerelease: { ...DEFAULT_RULES.prerelease, formula: formula[prerelease] } };
  return parseRules(lines, base);
}

/** Checks that the dependencies of the formulae exist, and that their names are ones that Homebrew can load. */
async function reportDependencies(runner: ActionRunner, tap: Tap, sources: readonly Source[]): Promise<void> {
  const problems = await findDependencyProblems(tap, sources);
  for (const problem of problems) runner.problem(problem);
  if (!problems.some(({ level }) => level === "error")) return;
  throw new FormulaError("a formula depends on another one that is not in the tap: nothing was published", {
    advice: "Publish that one first, or correct `dependencies` in cargo-dist's configuration.",
  });
}

function isForPeople({ decision }: Entry): boolean {
  return decision.formula !== "commit" && decision.formula !== "skip";
}

/**
 * The versions released so far. They decide which release is a backport, also for a formula that the tap does not have
 * yet. Empty without a token to read them or without a tag: then only the version in the tap decides.
 */
async function releasedVersions(plan: DistPlan, facts: RunFacts, runner: ActionRunner): Promise<readonly Version[]> {
  const token = runner.inputs["github-token"];
  if (token === undefined || plan.tag === undefined || plan.tagIsImplicit) return [];
  const tags = await openReleases(restOfRun(runner, facts, token), facts.repository).tags();
  runner.info(`read ${countOf(tags.length, "tag")} of ${facts.repository}`);
  return existingVersions(tags, { family: parseTag(plan.tag)?.family ?? "" }, facts.tag);
}

/** An unset secret arrives as an empty input. Report that now, not after everything else is done. */
function requireToken(url: string, { inputs }: ActionRunner): void {
  if (inputs.token !== undefined || inputs["dry-run"] || !/^https?:/.test(url)) return;
  throw new FormulaError("the input `token` is empty, expected a token that may write to the tap", {
    advice:
      "A secret that does not exist is passed as an empty string: check its name, and that this repository or environment has it.",
  });
}

async function withReleaseChecksums(
  collected: Collected,
  plan: DistPlan,
  facts: RunFacts,
  runner: ActionRunner,
): Promise<Collected> {
  if (collected.checksums.size > 0 || plan.tag === undefined) return collected;
  runner.info(`this run has no checksums of its own; reading those of the release ${plan.tag}`);
  const rest = restOfRun(runner, facts, runner.inputs["github-token"]);
  const releases = openReleases(rest, facts.repository);
  const release = await releases.byTag(plan.tag);
  if (release === undefined) return collected;
  const checksums = checksumsOfAssets(await releases.assets(release.id));
  return { ...collected, checksums: mergeChecksums([[`the release ${plan.tag}`, checksums]]) };
}

/** Checks all formulae as cargo-dist wrote them, then rewrites and formats them, then checks them again. */
async function prepare(collected: Collected, plan: DistPlan, runner: ActionRunner): Promise<readonly Source[]> {
  const { sources, checksums } = collected;
  const { inputs } = runner;
  refuseProblems(sources, plan, checksums, runner);
  const gateway = inputs["scarf-gateway"];
  let prepared = gateway === undefined ? sources : sources.map((source) => throughGateway(source, gateway));
  if (inputs.style === "auto" || inputs.style === "brew") {
    const folder = await runner.tempFolder("style");
    const brew = await findBrew(runner);
    if (brew === undefined && inputs.style === "brew") {
      throw new FormulaError("`style` is brew, but there is no Homebrew on this machine", {
        advice: "Use `style: auto`, or a runner that has Homebrew.",
      });
    }
    if (brew !== undefined) {
      const styled: Source[] = [];
      for (const source of prepared) styled.push(await brewStyle(brew, source, folder, runner));
      prepared = styled;
    }
  }
  refuseProblems(prepared, plan, checksums, runner);
  return prepared;
}

function refuseProblems(
  sources: readonly Source[],
  plan: DistPlan,
  checksums: Collected["checksums"],
  runner: ActionRunner,
): void {
  const { "scarf-gateway": gateway, "drop-targets": dropped } = runner.inputs;
  const isDropped = parseDropTargets(dropped);
  const problems = sources
    .flatMap((source) => findProblems(source, expectationOf(source, plan, checksums, gateway, isDropped)))
    .filter(({ level }) => level === "error" || runner.inputs.style !== "off");
  for (const problem of problems) runner.problem(problem);
  const errors = problems.filter(({ level }) => level === "error").length;
  if (errors === 0) return;
  runner.summary.findings(problems);
  const files = sources.map(({ file }) => file).join(", ");
  throw new FormulaError(`${countOf(errors, "finding")} in ${files}: nothing was published`, {
    advice: "The formulae do not match the build that this run made: see the findings.",
  });
}
