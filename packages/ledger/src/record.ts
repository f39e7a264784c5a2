import type { LedgerRow } from "./page.ts";
import { type LedgerStore, type SaveOptions, saveLedger } from "./store.ts";

/** What is known of a publishing before it begins. */
export interface Beginning extends Omit<SaveOptions, "phase"> {
  /** Where it publishes, by its own name: a tap, a registry, a repository. */
  readonly name: string;
  /** The version, or the tag; `unknown` while nothing tells it. */
  readonly version: string;
  readonly now: () => Date;
  /** Is told when the page of the end is written. */
  readonly info: (message: string) => void;
}

export interface LedgerRecorder {
  /** Takes over what is known so far. The last word counts. */
  set(rows: readonly LedgerRow[]): void;
}

/**
 * Publishes with a ledger that misses nothing: a row is there before `work` does anything, and its place is taken by
 * what `work` says, also when it fails. What is killed in between leaves the row that it began.
 *
 * @param store `undefined`: no ledger is kept, as in a dry run.
 */
export async function withLedger<T>(
  store: LedgerStore | undefined,
  beginning: Beginning,
  work: (ledger: LedgerRecorder) => Promise<T>,
): Promise<T> {
  if (store === undefined) return await work({ set: () => undefined });
  const { channel, name, version, now } = beginning;
  const row = (state: LedgerRow["state"], reason: string): LedgerRow => ({
    channel,
    name,
    version,
    state,
    reason,
    at: now().toISOString(),
  });
  await saveLedger(store, [row("planned", "publishing began and has not ended: it may be public")], {
    ...beginning,
    phase: "begun",
  });
  let rows: readonly LedgerRow[] | undefined;
  try {
    const result = await work({
      set: (said) => {
        rows = said;
      },
    });
    const page = await saveLedger(store, rows ?? [row("skipped", "there was nothing to publish")], beginning);
    beginning.info(`wrote the ledger ${page}`);
    return result;
  } catch (error) {
    await saveLedger(store, rows ?? [row("failed", `nothing was published: ${oneLine(error)}`)], beginning).catch(
      () => {
        // What failed first explains more; the row of the beginning stays and tells that it did not end.
      },
    );
    throw error;
  }
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (
    text
      .replace(/\p{Cc}+/gu, " ")
      .trim()
      .slice(0, 300) || "it failed"
  );
}

/** The input of an action as the name of a place: one line, and not empty. */
export function placeName(input: string, otherwise: string): string {
  const line = input.replace(/\p{Cc}+/gu, " ").trim();
  return line === "" ? otherwise : line;
}
