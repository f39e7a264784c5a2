import type { LedgerPage, LedgerRow } from "./page.ts";

interface Written {
  readonly row: LedgerRow;
  readonly attempt: number;
}

/**
 * Merges the pages of all publishers and attempts. The latest row of each channel and name wins: first by attempt, then
 * by time (runners' clocks differ), then by the order within a page. A `planned` row of a later attempt does not
 * replace a published one, which stays valid until the later attempt has ended.
 *
 * @returns rows sorted by channel and name.
 */
export function mergeLedger(pages: readonly LedgerPage[]): readonly LedgerRow[] {
  const latest = new Map<string, Written>();
  for (const { attempt, rows } of pages) {
    for (const row of rows) {
      const key = JSON.stringify([row.channel, row.name]);
      const known = latest.get(key);
      if (known === undefined || isLater({ row, attempt }, known)) latest.set(key, { row, attempt });
    }
  }
  return [...latest].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, { row }]) => row);
}

/** Whether people can use it. Only such rows are advertised. */
export function isPublished(row: LedgerRow): boolean {
  return row.state === "published" || row.state === "verified";
}

/** Whether a person has to approve it before it becomes public. */
export function awaitsApproval(row: LedgerRow): boolean {
  return row.state === "awaiting-approval";
}

function isLater(one: Written, other: Written): boolean {
  if (one.attempt === other.attempt) return !isBefore(one.row, other.row);
  const [later, earlier] = one.attempt > other.attempt ? [one, other] : [other, one];
  const counts = later.row.state === "planned" && isPublished(earlier.row) ? earlier : later;
  return counts === one;
}

function isBefore(left: LedgerRow, right: LedgerRow): boolean {
  return Date.parse(left.at) < Date.parse(right.at);
}
