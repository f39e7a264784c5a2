import type { LedgerRow } from "./page.ts";
import { type LedgerStore, type SaveOptions, saveLedger } from "./store.ts";

/** What is known about a publication before it begins. */
export interface Beginning extends Omit<SaveOptions, "phase"> {
  /** The name of the place where it publishes: a tap, a registry, a repository. */
  readonly name: string;
  /** The version or the tag; `unknown` until it is known. */
  readonly version: string;
  readonly now: () => Date;
  /** Gets a message when the final page is written. */
  readonly info: (message: string) => void;
}

export interface LedgerRecorder {
  /** Sets the rows that are known so far; each call replaces the rows of the call before. */
  set(rows: readonly LedgerRow[]): void;
}

/**
 * Publishes and records it in the ledger, also when it fails. A `planned` row is written before `work` begins and is
 * replaced by the rows of `work` at the end. If the job is killed in between, the `planned` row remains.
 *
 * @param store `undefined` to write no ledger, as in a dry run.
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
        // The first error is more important. The `planned` row remains and shows that the publication did not end.
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

/** Converts the input of an action to the name of a place, which is one line and not empty. */
export function placeName(input: string, otherwise: string): string {
  const line = input.replace(/\p{Cc}+/gu, " ").trim();
  return line === "" ? otherwise : line;
}
