import type { Mark, Summary } from "@release-actions/action-kit";
import { awaitsApproval, isPublished, type LedgerRow } from "@release-actions/ledger";
import { countOf } from "@release-actions/report";
import { approvalList, channelTable } from "./blocks.ts";

interface Announced {
  readonly tag: string;
  readonly ledger: readonly LedgerRow[];
  readonly notes: string;
  /** The result for the notes, such as `were updated`. */
  readonly state: string;
}

/** Writes the verdict as the headline, a table of the channels, and the notes, folded. */
export function summarize(summary: Summary, { tag, ledger, notes, state }: Announced): void {
  const [mark, said] = verdictOf(ledger);
  summary.verdict(mark, `Release ${tag}: ${said}`).raw(channelTable(ledger));
  // Approvals concern maintainers only, so they are in the job's summary and not in the notes.
  if (approvalList(ledger) !== "") summary.raw(approvalList(ledger));
  summary.details(`The notes ${state}`, notes);
}

function verdictOf(ledger: readonly LedgerRow[]): readonly [Mark, string] {
  const failed = ledger.filter(({ state }) => state === "failed").length;
  if (failed > 0) return ["warning", `${failed} of ${countOf(ledger.length, "publication")} failed`];
  const waiting = ledger.filter(awaitsApproval).length;
  if (waiting > 0) return ["waiting", `${waiting} of ${countOf(ledger.length, "publication")} wait for approval`];
  return ["success", `published in ${countOf(ledger.filter(isPublished).length, "place")}`];
}
