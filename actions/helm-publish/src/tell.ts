import { ociTag } from "@release-actions/channel";
import { formatReference, type ImageReference } from "@release-actions/image-reference";
import type { LedgerRow } from "@release-actions/ledger";
import type { PublishRunner } from "./publish-runner.ts";
import type { Subject } from "./subject.ts";

/** What became of the chart. */
export type Outcome =
  | { readonly state: "verified"; readonly digest: string; readonly published: boolean }
  | { readonly state: "failed" | "skipped"; readonly reason: string };

/** Sets the outputs, also when it failed, and shows what became of the chart. */
export function tell(
  runner: PublishRunner,
  { chart, version }: Subject,
  place: ImageReference | undefined,
  outcome: Outcome,
): void {
  const reference = place && `oci://${formatReference({ ...place, tag: ociTag(version.text) })}`;
  const digest = outcome.state === "verified" ? outcome.digest : "";
  runner.setOutput("digest", digest);
  runner.setOutput("reference", reference ?? "");
  runner.setOutput("published", outcome.state === "verified" && outcome.published);
  const said =
    outcome.state !== "verified"
      ? `${outcome.state}: ${outcome.reason}`
      : outcome.published
        ? "pushed and read back"
        : "there already, with equal content";
  runner.info(`${chart.name} ${chart.version}: ${said}${digest && ` (${digest})`}`);
  runner.summary
    .heading(`Helm chart ${chart.name}`)
    .table(
      ["version", "app", "where", "digest", "state"],
      [[chart.version, chart.appVersion ?? "", reference ? `\`${reference}\`` : "", digest && `\`${digest}\``, said]],
    );
}

/** What happened, for the release notes and for a later attempt. */
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
