import { randomBytes } from "node:crypto";
import type { Runner } from "@release-actions/action-kit";
import {
  type Checksums,
  type DistPlan,
  loadPlan,
  mergeChecksums,
  requireTag,
  versionOf,
} from "@release-actions/dist-plan";
import { type GitHubRelease, openReleases, type Releases } from "@release-actions/github-rest";
import { awaitChannels, type LedgerRow, loadLedger, mergeLedger, saveLedger } from "@release-actions/ledger";
import {
  checksumsOfAssets,
  checksumsOfRun,
  type RunArtifacts,
  type RunFacts,
  readFacts,
  restOfRun,
  runArtifacts,
} from "@release-actions/release-run";
import { Fault } from "@release-actions/report";
import { readText } from "@release-actions/text";
import type { contract } from "./action.gen.ts";
import { channelTable, downloadTables, installCommands } from "./blocks.ts";
import { readBackRelease } from "./github-row.ts";
import { readOwnWords } from "./own-words.ts";
import { mergeNotes } from "./sections.ts";
import { DEFAULT_TEMPLATE, renderTemplate } from "./template.ts";

type AnnounceRunner = Runner<typeof contract>;

export class AnnounceError extends Fault {
  override readonly name = "AnnounceError";
}

/** GitHub refuses longer notes (docs.github.com/rest/releases: "body is too long (maximum is 125000 characters)"). */
const MAX_NOTES_LENGTH = 125_000;

/** Reads the release back, renders the notes from what was found, and updates them as the last step. */
export async function announce(runner: AnnounceRunner): Promise<void> {
  const facts = readFacts(runner.env);
  const artifacts = runArtifacts(runner.env, runner);
  const plan = await loadPlan(runner.inputs.plan, artifacts.read);
  requireTag(plan, facts.tag);
  const rest = restOfRun(runner, facts, runner.inputs.token);
  const releases = openReleases(rest, facts.repository);
  await awaitOthers(runner, artifacts);
  const release = await findRelease(releases, plan, facts);
  runner.setOutput("url", release.url);

  const assets = await releases.assets(release.id);
  const ofRun = await checksumsOfRun(artifacts);
  const checksums = ofRun.size > 0 ? ofRun : mergeChecksums([["the release", checksumsOfAssets(assets)]]);
  const context = { repository: facts.repository, at: new Date().toISOString() };
  const { row, problems } = readBackRelease(plan, release, assets, checksums, context);
  const ledger = await withRow(row, facts.attempt, artifacts);
  runner.setOutput("ledger", ledger);
  for (const problem of problems) runner.problem(problem);
  if (problems.length > 0) {
    throw new AnnounceError(
      `the release ${release.tag} is not what was built: ${problems.length} findings, the notes stay as they were`,
      {
        advice: "Upload the missing files from this run's artifacts, then run this job again.",
      },
    );
  }

  const notes = await renderNotes(runner, { plan, release, checksums, ledger, facts });
  const changed = !sameText(notes, release.body);
  if (changed && !runner.inputs["dry-run"]) await update(releases, release, notes);
  runner.setOutput("notes", notes);
  runner.setOutput("changed", changed && !runner.inputs["dry-run"]);
  const state = !changed ? "were right already" : runner.inputs["dry-run"] ? "would change" : "were updated";
  runner.info(`the notes of ${release.tag} ${state}: ${release.url}`);
  runner.summary.heading(`Release ${release.tag}`).raw(channelTable(ledger)).details(`The notes ${state}`, notes);
  if (!runner.inputs["dry-run"] && artifacts.isAvailable) {
    const options = { channel: "github", attempt: facts.attempt, random: randomBytes(4).toString("hex") };
    await saveLedger(artifacts, [row], options);
  }
}

async function awaitOthers({ inputs, ...runner }: AnnounceRunner, artifacts: RunArtifacts): Promise<void> {
  const channels = inputs["wait-for"];
  if (channels.length === 0 || !artifacts.isAvailable) return;
  runner.info(`waiting for what is published to ${channels.join(", ")}`);
  const timeoutMs = inputs["wait-timeout"] * 1000;
  const missing = await awaitChannels(artifacts, channels, { timeoutMs, signal: runner.signal });
  if (missing.length === 0) return;
  const message = `nothing was published to ${missing.join(", ")} within ${inputs["wait-timeout"]} s: the notes go without`;
  runner.problem({ level: "warning", title: "release-notes", message });
}

async function findRelease(releases: Releases, plan: DistPlan, facts: RunFacts): Promise<GitHubRelease> {
  if (plan.tag === undefined || plan.tagIsImplicit) {
    throw new AnnounceError("the plan announces no tag, so there is no release whose notes could be written", {
      advice: "Run this in the workflow of a tag.",
    });
  }
  const release = await releases.byTag(plan.tag);
  if (release === undefined) {
    throw new AnnounceError(`${facts.repository} has no release ${plan.tag}`, {
      advice: "Let this job need the one that creates the release.",
    });
  }
  return release;
}

/** The rows of this run with our own, which counts as the latest. */
async function withRow(row: LedgerRow, attempt: number, artifacts: RunArtifacts): Promise<readonly LedgerRow[]> {
  const known = artifacts.isAvailable ? await loadLedger(artifacts) : [];
  const others = known.filter(({ channel, name }) => channel !== row.channel || name !== row.name);
  return mergeLedger([{ ledger: 1, attempt, rows: [...others, row] }]);
}

interface Matter {
  readonly plan: DistPlan;
  readonly release: GitHubRelease;
  readonly checksums: Checksums;
  readonly ledger: readonly LedgerRow[];
  readonly facts: RunFacts;
}

async function renderNotes({ inputs, ...runner }: AnnounceRunner, matter: Matter): Promise<string> {
  const { plan, release, checksums, ledger, facts } = matter;
  const version = versionOf(plan);
  const template = inputs.template === undefined ? DEFAULT_TEMPLATE : readText(inputs.template);
  const pattern = inputs["notes-file"];
  const rendered = renderTemplate(template, {
    app: plan.releases.map(({ displayName }) => displayName).join(", "),
    version: version.text,
    tag: release.tag,
    repository: facts.repository,
    notes:
      pattern === undefined
        ? (plan.changelog ?? "")
        : await readOwnWords(pattern, { version, tag: release.tag }, facts.workspace, runner),
    install: installCommands(ledger),
    downloads: downloadTables(plan, checksums, inputs["scarf-gateway"]),
    channels: channelTable(ledger),
  });
  const notes = mergeNotes(release.body, rendered, inputs.section);
  if (notes.length > MAX_NOTES_LENGTH) {
    throw new AnnounceError(`the notes have ${notes.length} characters, and GitHub takes ${MAX_NOTES_LENGTH}`, {
      advice: "Shorten the notes file, or link to it.",
    });
  }
  return notes;
}

async function update(releases: Releases, release: GitHubRelease, notes: string): Promise<void> {
  const { body } = await releases.updateBody(release.id, notes);
  if (sameText(body, notes)) return;
  throw new AnnounceError(`the notes of ${release.tag} were updated, but read back otherwise`, {
    advice: "Somebody else edits them at the same time: look at the release, then run this job again.",
  });
}

/** GitHub's web editor turns line ends into CR LF. */
function sameText(left: string, right: string): boolean {
  const normal = (text: string): string => text.replaceAll("\r\n", "\n").trimEnd();
  return normal(left) === normal(right);
}
