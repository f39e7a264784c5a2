import { Fault } from "@release-actions/report";
import { mergeLedger } from "./merge.ts";
import { type LedgerRow, readPage, writePage } from "./page.ts";

/** The artifacts of the current run, which is where the pages lie. */
export interface LedgerStore {
  /** Names of artifacts that begin so, of all attempts. */
  list(prefix: string): Promise<readonly string[]>;
  read(artifact: string, file: string): Promise<Uint8Array | undefined>;
  upload(artifact: string, file: string, content: Uint8Array): Promise<void>;
}

export class LedgerError extends Fault {
  override readonly name = "LedgerError";
}

/** Never `artifacts-`: cargo-dist attaches whatever is called so to the release. */
const PREFIX = "ledger-";
const FILE = "ledger.json";

export interface SaveOptions {
  /** Of the publisher: part of the artifact's name. */
  readonly channel: string;
  /** `GITHUB_RUN_ATTEMPT`, from 1. */
  readonly attempt: number;
  /** Makes the name unique among jobs that publish to the same channel, such as those of a matrix. */
  readonly random: string;
}

/** Writes what one publisher did as an artifact of its own, and returns the artifact's name. */
export async function saveLedger(
  store: LedgerStore,
  rows: readonly LedgerRow[],
  options: SaveOptions,
): Promise<string> {
  const name = `${ledgerPrefix(options.channel)}${options.attempt}-${options.random}`;
  const page = writePage({ ledger: 1, attempt: options.attempt, rows });
  await store.upload(name, FILE, new TextEncoder().encode(page));
  return name;
}

/** How the names of a channel's pages begin. */
export function ledgerPrefix(channel: string): string {
  return `${PREFIX}${channel}-`;
}

/** Reads what all publishers of this run did so far, in all attempts. */
export async function loadLedger(store: LedgerStore): Promise<readonly LedgerRow[]> {
  const names = await store.list(PREFIX);
  const pages = await Promise.all(
    names.map(async (name) => {
      const content = await store.read(name, FILE);
      if (content === undefined)
        throw new LedgerError(`the artifact ${name} was listed, but ${FILE} cannot be read from it`);
      return readPage(content, `${FILE} of the artifact ${name}`);
    }),
  );
  return mergeLedger(pages);
}
