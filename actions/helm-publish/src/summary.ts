import { type PublishedRow, writePublished } from "@release-actions/action-kit";
import { ociTag } from "@release-actions/channel";
import { formatReference, type ImageReference } from "@release-actions/image-reference";
import type { LedgerRow } from "@release-actions/ledger";
import type { ActionRunner } from "./action.gen.ts";
import type { Subject } from "./subject.ts";

/** The result of publishing a chart. */
export type Outcome =
  | { readonly state: "verified"; readonly digest: string; readonly published: boolean }
  | { readonly state: "failed" | "skipped"; readonly reason: string };

/** One chart, the place it is published to, and the result. */
export interface Result {
  readonly subject: Subject;
  readonly place: ImageReference | undefined;
  readonly outcome: Outcome;
}

/** Sets the outputs (also after a failure) and shows the result for each chart. */
export function summarize(runner: ActionRunner, results: readonly Result[]): void {
  const charts = results.map(({ subject: { chart }, place, outcome }) => ({
    name: chart.name,
    version: chart.version,
    reference: referenceOf(place, chart) ?? "",
    digest: digestOf(outcome),
    published: outcome.state === "verified" && outcome.published,
  }));
  const [first] = charts;
  runner.setOutput("digest", first?.digest ?? "");
  runner.setOutput("reference", first?.reference ?? "");
  runner.setOutput(
    "published",
    charts.some(({ published }) => published),
  );
  runner.setOutput("charts", charts);
  for (const { subject, outcome } of results) {
    const digest = digestOf(outcome);
    runner.info(
      `${subject.chart.name} ${subject.chart.version}: ${outcome.state === "verified" ? "" : `${outcome.state}: `}${saidOf(outcome)}${digest && ` (${digest})`}`,
    );
  }
  writePublished(runner.summary, {
    subject: charts.length === 1 ? `Helm chart ${first?.name} ${first?.version}` : `${results.length} Helm charts`,
    header: ["chart", "version", "app version", "reference", "digest"],
    rows: results.map(rowOf),
  });
}

function referenceOf(place: ImageReference | undefined, { version }: Subject["chart"]): string | undefined {
  return place && `oci://${formatReference({ ...place, tag: ociTag(version) })}`;
}

function digestOf(outcome: Outcome): string {
  return outcome.state === "verified" ? outcome.digest : "";
}

function saidOf(outcome: Outcome): string {
  if (outcome.state !== "verified") return outcome.reason;
  return outcome.published ? "pushed and read back" : "already there, with equal content";
}

function rowOf({ subject: { chart }, place, outcome }: Result): PublishedRow {
  const [reference, digest] = [referenceOf(place, chart), digestOf(outcome)];
  const state = outcome.state !== "verified" ? outcome.state : outcome.published ? "published" : "unchanged";
  return {
    state,
    cells: [
      chart.name,
      chart.version,
      chart.appVersion ?? "",
      reference ? `\`${reference}\`` : "",
      digest && `\`${digest}\``,
    ],
    said: saidOf(outcome),
  };
}

/** The ledger row of a chart, which the release notes and later attempts read. */
export function ledgerRow({ version }: Subject, place: ImageReference, outcome: Outcome): LedgerRow {
  return {
    channel: "chart",
    name: `oci://${formatReference(place)}`,
    version: version.text,
    state: outcome.state,
    ...(outcome.state === "verified" ? { digest: outcome.digest } : { reason: outcome.reason }),
    at: new Date().toISOString(),
  };
}
