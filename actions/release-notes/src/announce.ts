import { type DistPlan, loadPlan, mergeChecksums, requireTag, versionOf } from "@release-actions/dist-plan";
import { type GitHubRelease, openReleases, type Releases } from "@release-actions/github-rest";
import { awaitChannels, type LedgerRow, loadLedger, mergeLedger } from "@release-actions/ledger";
import {
  checksumsOfAssets,
  checksumsOfRun,
  hostManifest,
  type PublishingRun,
  publishInRun,
  type RunArtifacts,
  restOfRun,
} from "@release-actions/release-run";
import { countOf, type Reporter } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { readBackRelease } from "./github-row.ts";
import { isLatestRight, type LatestRule, latestRule, requireLatest } from "./latest.ts";
import { mergeNotes } from "./merge-notes.ts";
import { fitted, type Rendered, renderNotes } from "./render.ts";
import { NotesError } from "./sections.ts";
import { summarize } from "./summary.ts";

/** Checks the release on GitHub, renders the notes from what it has, and updates them as the last step. */
export async function announce(runner: ActionRunner): Promise<void> {
  const publishing = { channel: "github", keepsLedger: !runner.inputs["dry-run"] };
  await publishInRun(runner, publishing, (run) => announceIn(runner, run));
}

async function announceIn(runner: ActionRunner, run: PublishingRun): Promise<void> {
  const { inputs } = runner;
  const { facts, artifacts } = run;
  const plan = await loadPlan(inputs.plan, artifacts.read);
  requireTag(plan, facts.tag);
  const version = versionOf(plan);
  const rest = restOfRun(runner, facts, inputs.token);
  const hosted = plan.releases.find(({ hosting }) => hosting?.server === facts.serverUrl)?.hosting?.repository;
  const repository = hosted ?? facts.repository;
  const releases = openReleases(rest, repository);
  await awaitOthers(runner, run);
  const release = await findRelease(releases, plan, repository);
  runner.setOutput("url", release.url);

  const assets = await releases.assets(release.id);
  const ofRun = await checksumsOfRun(artifacts);
  const checksums = ofRun.size > 0 ? ofRun : mergeChecksums([["the release", checksumsOfAssets(assets)]]);
  const { row, problems } = readBackRelease(plan, release, assets, checksums, repository);
  run.ledger.set([row]);
  const ledger = await withRow(row, run, runner);
  runner.setOutput("ledger", ledger);
  for (const problem of problems) runner.problem(problem);
  runner.summary.findings(problems);
  if (problems.length > 0) {
    const findings = countOf(problems.length, "finding");
    throw new NotesError(`the release ${release.tag} is not what was built: ${findings}, the notes stay as they were`, {
      advice: "Upload the missing files from this run's artifacts, then run this job again.",
    });
  }

  const tags = await openReleases(rest, facts.repository).tags();
  const rendered = await renderNotes(runner, { plan, version, tag: release.tag, tags, checksums, ledger, facts });
  const rule = latestRule(inputs.latest, { plan, version, release, tags, pushedTag: facts.tag });
  const generated = await bodiesOfDist(plan, artifacts);
  const isShownRight = await isLatestRight(releases, release, rule);
  // Read the notes again right before writing, so that edits made during this step are kept.
  const now = await releases.get(release.id);
  const notes = merge(runner, rendered, now, generated);
  const isRight = sameText(notes, now.body) && isShownRight;
  const isDry = inputs["dry-run"];
  if (!isRight && !isDry) await update(releases, now, notes, rule);
  const isLatest = rule.makeLatest === "legacy" ? (await releases.latest())?.id === now.id : rule.makeLatest === "true";
  runner.setOutput("latest", isLatest);
  runner.setOutput("notes", notes);
  runner.setOutput("changed", !isRight && !isDry);
  const state = isRight ? "were right already" : isDry ? "would change" : "were updated";
  runner.info(`the notes of ${release.tag} ${state}: ${release.url} (make_latest ${rule.makeLatest}: ${rule.reason})`);
  summarize(runner.summary, { tag: release.tag, ledger, notes, state });
}

async function awaitOthers(runner: ActionRunner, { facts, artifacts }: PublishingRun): Promise<void> {
  const { inputs, signal } = runner;
  const channels = inputs["wait-for"];
  if (channels.length === 0 || !artifacts.isAvailable) return;
  runner.info(`waiting for the publishers of ${channels.join(", ")}`);
  const timeoutMs = inputs["wait-timeout"] * 1000;
  const missing = await awaitChannels(artifacts, channels, { attempt: facts.attempt, timeoutMs, signal });
  if (missing.length === 0) return;
  const message = `nothing was published to ${missing.join(", ")} within ${inputs["wait-timeout"]} s: the notes are written without it`;
  runner.problem({ level: "warning", title: "release-notes", message });
}

async function findRelease(releases: Releases, plan: DistPlan, repository: string): Promise<GitHubRelease> {
  if (plan.tag === undefined || plan.tagIsImplicit) {
    throw new NotesError("the plan announces no tag, so there is no release whose notes could be written", {
      advice: "Run this in the workflow of a tag.",
    });
  }
  const release = await releases.byTag(plan.tag);
  if (release === undefined) {
    throw new NotesError(`${repository} has no release ${plan.tag}`, {
      advice:
        "Add the job that creates the release to `needs`. In another repository, `token` must be able to read it.",
    });
  }
  return release;
}

/** The ledger rows of this run together with this step's row, which counts as the latest. */
async function withRow(row: LedgerRow, run: PublishingRun, reporter: Reporter): Promise<readonly LedgerRow[]> {
  const { facts, artifacts } = run;
  const ignore = (artifact: string, reason: string): void =>
    reporter.info(`the artifact ${artifact} is not a valid part of the ledger: ${reason}`);
  const known = artifacts.isAvailable ? await loadLedger(artifacts, ignore) : [];
  const others = known.filter(({ channel }) => channel !== row.channel);
  return mergeLedger([{ ledger: 1, attempt: facts.attempt, rows: [...others, row] }]);
}

/** The notes that cargo-dist wrote: those of the plan, and those that its host job rendered later with more facts. */
async function bodiesOfDist(plan: DistPlan, artifacts: RunArtifacts): Promise<readonly string[]> {
  const host = await hostManifest(artifacts);
  return [host?.githubBody, plan.githubBody].filter((body) => body !== undefined);
}

function merge(runner: ActionRunner, rendered: Rendered, release: GitHubRelease, generated: readonly string[]): string {
  const { section: only, mode } = runner.inputs;
  let kept: readonly string[] = [];
  const { text, isCut } = fitted(rendered, (content) => {
    const merged = mergeNotes(release.body, content, { mode, only, generated });
    kept = merged.kept;
    return merged.text;
  });
  const warn = (message: string): void => runner.problem({ level: "warning", title: "release-notes", message });
  if (isCut) warn("the notes exceed GitHub's limit: they are cut, with a link to the rest");
  if (kept.length > 0) {
    warn(
      `people changed ${kept.join(", ")} in the notes of ${release.tag}: their text stays. To have a section written again, delete it with its markers`,
    );
  }
  return text;
}

async function update(releases: Releases, release: GitHubRelease, notes: string, rule: LatestRule): Promise<void> {
  const { body } = await releases.update(release.id, { body: notes, makeLatest: rule.makeLatest });
  if (!sameText(body, notes)) {
    throw new NotesError(`the notes of ${release.tag} were updated, but GitHub shows a different text`, {
      advice: "Another person is editing them at the same time: look at the release, then run this job again.",
    });
  }
  await requireLatest(releases, release, rule);
}

/** Compares notes without regard to line ends, which GitHub's web editor changes to CR LF. */
function sameText(left: string, right: string): boolean {
  const normal = (text: string): string => text.replaceAll("\r\n", "\n").trimEnd();
  return normal(left) === normal(right);
}
