import { createHash } from "node:crypto";
import { type PublishState, writePublished } from "@release-actions/action-kit";
import type { Published } from "@release-actions/homebrew";
import type { LedgerRow, LedgerState } from "@release-actions/ledger";
import type { ActionRunner } from "./action.gen.ts";
import { requiredOf, tapName } from "./dependencies.ts";
import type { Entry } from "./tap-plan.ts";

/** The result for the tap, updated while publishing goes on. */
export interface Outcome {
  entries: readonly Entry[];
  /** Undefined when publishing failed. */
  published: Published | undefined;
  /** Whether the commit was pushed, even if a later step failed. */
  isPushed: boolean;
  /** The URL of the tap's repository. */
  readonly url: string;
  readonly dryRun: boolean;
}

/** Sets the outputs (also after a failure) and shows the result for each formula. */
export function summarize(runner: ActionRunner, outcome: Outcome): void {
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
  const [first] = shown;
  const formulae = shown.length === 1 ? `${first?.file} ${first?.version}` : `${shown.length} formulae`;
  writePublished(runner.summary, {
    subject: `Homebrew tap ${runner.inputs.tap}, ${formulae}`,
    header: ["formula", "version", "change"],
    rows: shown.map(({ path, version, change, state, reason }) => ({
      state: publishState(state, published?.pushed ?? false),
      cells: [`\`${path}\``, version, change],
      said: reason || (published?.pushed ? "pushed and read back" : "already there, with equal content"),
    })),
  });
  if (published !== undefined && published.commit !== "") {
    runner.summary.text(
      `Commit \`${published.commit}\`${published.changed && !published.pushed ? ", not pushed" : ""}.`,
    );
  }
}

function publishState(state: LedgerState, pushed: boolean): PublishState {
  if (state === "verified") return pushed ? "published" : "unchanged";
  if (state === "published") return "unverified";
  return state === "skipped" ? "skipped" : "failed";
}

/** The ledger rows of the formulae, which the release notes and later attempts read. */
export function ledgerRows(outcome: Outcome): readonly LedgerRow[] {
  return outcome.entries.map((entry) => ledgerRow(entry, outcome));
}

function ledgerRow(entry: Entry, outcome: Outcome): LedgerRow {
  const { state, reason } = verdict(entry, outcome);
  const page = /^(https:\/\/[^/]+\/[^/]+\/[^/]+?)(?:\.git)?$/.exec(outcome.url)?.[1];
  const requires = requiredOf(entry.text, entry.file);
  const isThere = state === "verified" && page !== undefined;
  return {
    channel: "homebrew",
    name: [tapName(outcome.url), entry.file.replace(/\.rb$/, "")].filter((part) => part !== undefined).join("/"),
    version: entry.source.release.version.text,
    state,
    digest: `sha256:${createHash("sha256").update(entry.text).digest("hex")}`,
    url: isThere ? `${page}/blob/${outcome.published?.commit}/${entry.path}` : undefined,
    reason,
    ...(requires.length === 0 ? {} : { requires }),
    at: new Date().toISOString(),
  };
}

/** The names of the channels in messages. */
const KIND = {
  stable: "stable release",
  backport: "backport",
  prerelease: "pre-release",
  build: "build of a version",
} as const;

function verdict(
  { change, decision }: Entry,
  { published, isPushed, dryRun }: Outcome,
): { state: LedgerState; reason?: string } {
  if (decision.formula === "skip")
    return { state: "skipped", reason: `a ${KIND[decision.channel]} is not published to the tap` };
  if (change.kind === "refused") return { state: "failed", reason: change.reason };
  if (decision.formula === "refuse" && change.kind !== "same") {
    return { state: "failed", reason: `by the rules, a ${KIND[decision.channel]} is not published to the tap` };
  }
  if (change.kind === "kept") return { state: "verified", reason: change.reason };
  if (published === undefined && isPushed)
    return { state: "published", reason: "it was pushed, but could not be read back" };
  if (published === undefined) return { state: "failed", reason: "publishing failed" };
  if (published.pushed || !published.changed) return { state: "verified" };
  return {
    state: "skipped",
    reason: dryRun ? "a dry run" : `a ${KIND[decision.channel]} is committed, but not pushed`,
  };
}
