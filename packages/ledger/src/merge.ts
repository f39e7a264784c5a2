import type { LedgerPage, LedgerRow } from "./page.ts";

/**
 * Joins the pages of all publishers and attempts: of each channel and name the latest row wins. Attempts
 * count before clocks, as runners' clocks differ; within a page the order of writing counts.
 *
 * @returns rows sorted by channel and name.
 */
export function mergeLedger(pages: readonly LedgerPage[]): readonly LedgerRow[] {
  const latest = new Map<string, { row: LedgerRow; attempt: number }>();
  for (const { attempt, rows } of pages) {
    for (const row of rows) {
      const key = JSON.stringify([row.channel, row.name]);
      const known = latest.get(key);
      if (known === undefined || attempt > known.attempt || (attempt === known.attempt && !isBefore(row, known.row))) {
        latest.set(key, { row, attempt });
      }
    }
  }
  return [...latest].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, { row }]) => row);
}

/** Is it there for people to use? Only such rows are advertised. */
export function isPublished(row: LedgerRow): boolean {
  return row.state === "published" || row.state === "verified";
}

/** Does a person have to let it go public? */
export function awaitsApproval(row: LedgerRow): boolean {
  return row.state === "awaiting-approval";
}

function isBefore(left: LedgerRow, right: LedgerRow): boolean {
  return Date.parse(left.at) < Date.parse(right.at);
}
