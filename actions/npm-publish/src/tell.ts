import { randomBytes } from "node:crypto";
import { type LedgerRow, saveLedger } from "@release-actions/ledger";
import type { RunArtifacts } from "@release-actions/release-run";
import type { PublishRunner } from "./publish-runner.ts";
import type { Plan, PlannedPackage } from "./settle.ts";

/** What became of one package; filled in while publishing goes on. */
export interface Outcome {
  readonly built: PlannedPackage;
  readonly tag: string | undefined;
  /** Why it is left out, where the rules say so. */
  readonly leftOut: string | undefined;
  state: "planned" | "verified" | "skipped";
  published: boolean;
}

export function outcomesOf(plans: readonly Plan[]): readonly Outcome[] {
  return plans.flatMap(({ packages, tag, channel }) =>
    packages.map((built): Outcome => {
      const leftOut = tag === undefined ? `the rules publish no npm package of a ${channel} release` : undefined;
      return { built, tag, leftOut, state: tag === undefined ? "skipped" : "planned", published: false };
    }),
  );
}

/** Sets the outputs, also when it failed, and shows what became of each package. */
export function tell(runner: PublishRunner, registry: URL, outcomes: readonly Outcome[]): void {
  const published = outcomes.filter((outcome) => outcome.published);
  const others = outcomes.filter((outcome) => !outcome.published);
  const said = (outcome: Outcome): string => reasonOf(outcome, runner.inputs["dry-run"]);
  runner.setOutput(
    "published",
    published.map(({ built: { name, version, integrity }, tag }) => ({ name, version, tag: tag ?? "", integrity })),
  );
  runner.setOutput(
    "skipped",
    others.map((outcome) => ({ name: outcome.built.name, version: outcome.built.version, reason: said(outcome) })),
  );
  for (const outcome of outcomes) runner.info(`${outcome.built.name}@${outcome.built.version}: ${said(outcome)}`);
  runner.summary.heading("npm").table(
    ["package", "version", "dist-tag", "integrity", "state"],
    outcomes.map((outcome) => {
      const { name, version, integrity } = outcome.built;
      return [`\`${name}\``, version, outcome.tag ?? "", `\`${integrity.slice(0, 20)}…\``, said(outcome)];
    }),
  );
  runner.summary.raw(`Registry: ${registry.href}`);
}

/** Leaves what happened for the release notes and for a later attempt. */
export async function recordLedger(
  runner: PublishRunner,
  artifacts: RunArtifacts,
  attempt: number,
  outcomes: readonly Outcome[],
): Promise<void> {
  const rows = outcomes.map((outcome): LedgerRow => {
    const { built, state } = outcome;
    const detail = state === "verified" ? { digest: built.integrity } : { reason: reasonOf(outcome, false) };
    const at = new Date().toISOString();
    return { channel: "npm", name: built.name, version: built.version, state, ...detail, at };
  });
  const options = { channel: "npm", attempt, random: randomBytes(4).toString("hex") };
  runner.info(`wrote the ledger ${await saveLedger(artifacts, rows, options)}`);
}

function reasonOf({ built, leftOut, state, published }: Outcome, dryRun: boolean): string {
  if (leftOut !== undefined) return leftOut;
  if (published) return "published and read back";
  if (state === "verified" || built.isThere) return "there already, with the same content";
  return dryRun ? "not published: a dry run" : "publishing failed";
}
