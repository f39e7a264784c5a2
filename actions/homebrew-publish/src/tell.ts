import { createHash, randomBytes } from "node:crypto";
import type { Published } from "@release-actions/homebrew";
import { type LedgerRow, type LedgerState, saveLedger } from "@release-actions/ledger";
import type { RunArtifacts, RunFacts } from "@release-actions/release-run";
import type { PublishRunner } from "./publish-runner.ts";
import type { Entry } from "./tap-plan.ts";

export interface Outcome {
  readonly entries: readonly Entry[];
  /** `undefined`: it failed. */
  readonly published: Published | undefined;
  readonly facts: RunFacts;
  /** Of the tap. */
  readonly url: string;
  readonly dryRun: boolean;
}

/** Sets the outputs, also when it failed, and shows what became of each formula. */
export function tell(runner: PublishRunner, outcome: Outcome): void {
  const { entries, published } = outcome;
  runner.setOutput("commit", published?.commit ?? "");
  runner.setOutput("pushed", published?.pushed ?? false);
  const shown = entries.map((entry) => {
    const { state, reason = "" } = verdict(entry, outcome);
    return {
      file: entry.file,
      path: entry.path,
      version: entry.source.release.version.text,
      change: entry.change.kind,
      state,
      reason,
    };
  });
  runner.setOutput("formulae", shown);
  for (const { file, version, change, state, reason } of shown) {
    runner.info(`${file} ${version}: ${change}, ${state}${reason && ` (${reason})`}`);
  }
  runner.summary.heading(`Homebrew tap ${runner.inputs.tap}`).table(
    ["formula", "version", "change", "state"],
    shown.map(({ path, version, change, state, reason }) => [
      `\`${path}\``,
      version,
      change,
      reason === "" ? state : `${state}: ${reason}`,
    ]),
  );
  if (published !== undefined && published.commit !== "") {
    runner.summary.raw(
      `Commit \`${published.commit}\`${published.pushed ? ", pushed and read back" : published.changed ? ", not pushed" : ", which has it already"}.`,
    );
  }
}

/** Leaves what happened for the release notes and for a later attempt. */
export async function recordLedger(runner: PublishRunner, artifacts: RunArtifacts, outcome: Outcome): Promise<void> {
  if (!artifacts.isAvailable || outcome.dryRun || outcome.entries.length === 0) return;
  const rows = outcome.entries.map((entry) => ledgerRow(entry, outcome));
  const options = { channel: "homebrew", attempt: outcome.facts.attempt, random: randomBytes(4).toString("hex") };
  runner.info(`wrote the ledger ${await saveLedger(artifacts, rows, options)}`);
}

function ledgerRow(entry: Entry, outcome: Outcome): LedgerRow {
  const { state, reason } = verdict(entry, outcome);
  const page = /^(https:\/\/[^/]+\/[^/]+\/[^/]+?)(?:\.git)?$/.exec(outcome.url)?.[1];
  const isThere = state === "verified" && page !== undefined;
  return {
    channel: "homebrew",
    name: installName(entry.file, outcome.url),
    version: entry.source.release.version.text,
    state,
    digest: `sha256:${createHash("sha256").update(entry.text).digest("hex")}`,
    url: isThere ? `${page}/blob/${outcome.published?.commit}/${entry.path}` : undefined,
    reason,
    at: new Date().toISOString(),
  };
}

/** The channels, as they read in a sentence. */
const KIND = {
  stable: "stable release",
  backport: "backport",
  prerelease: "pre-release",
  build: "build of a version",
} as const;

function verdict({ change, decision }: Entry, { published, dryRun }: Outcome): { state: LedgerState; reason?: string } {
  if (decision.formula === "skip")
    return { state: "skipped", reason: `a ${KIND[decision.channel]} is left out of the tap` };
  if (change.kind === "refused") return { state: "planned", reason: change.reason };
  if (decision.formula === "refuse" && change.kind !== "same") {
    return { state: "planned", reason: `the rules keep a ${KIND[decision.channel]} out of the tap` };
  }
  if (change.kind === "kept") return { state: "verified", reason: change.reason };
  if (published === undefined) return { state: "planned", reason: "publishing failed" };
  if (published.pushed || !published.changed) return { state: "verified" };
  return {
    state: "skipped",
    reason: dryRun ? "a dry run" : `a ${KIND[decision.channel]} is committed, but not pushed`,
  };
}

/** What people type after `brew install`: a tap `acme/homebrew-tap` is called `acme/tap`. */
function installName(file: string, url: string): string {
  const formula = file.replace(/\.rb$/, "");
  const [, owner, tap] = /[/:]([\w.-]+)\/homebrew-([\w.-]+?)(?:\.git)?$/.exec(url) ?? [];
  return owner === undefined || tap === undefined ? formula : `${owner}/${tap}/${formula}`.toLowerCase();
}
