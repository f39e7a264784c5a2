import { JsonError } from "@release-actions/json";
import { Fault } from "@release-actions/report";
import { mergeLedger } from "./merge.ts";
import { type LedgerPage, type LedgerRow, readPage, writePage } from "./page.ts";

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
/** Ends the name of a page that was written before anything could fail. The page of the end has the same name without it. */
const BEGUN = "-begun";

export interface SaveOptions {
  /** Of the publisher: part of the artifact's name. */
  readonly channel: string;
  /** `GITHUB_RUN_ID`. */
  readonly run?: string | undefined;
  /** `GITHUB_RUN_ATTEMPT`, from 1. */
  readonly attempt: number;
  /** Makes the name unique among jobs that publish to the same channel, such as those of a matrix: hex digits. */
  readonly random: string;
  /** Where it publishes, by its own name: a tap, a registry, a repository. The same in each attempt. */
  readonly name?: string;
  /** `begun`: written before the first thing that can fail. Default `ended`. */
  readonly phase?: "begun" | "ended";
}

/** Writes what one publisher did as an artifact of its own, and returns the artifact's name. */
export async function saveLedger(
  store: LedgerStore,
  rows: readonly LedgerRow[],
  options: SaveOptions,
): Promise<string> {
  const { channel, run, attempt, random, name: place, phase = "ended" } = options;
  const name = `${PREFIX}${channel}-${attempt}-${random}${phase === "begun" ? BEGUN : ""}`;
  const own = rows.map((row) => ({ ...row, attempt, ...(run === undefined ? {} : { run }) }));
  const page = writePage({ ledger: 1, attempt, ...(place === undefined ? {} : { place }), rows: own });
  await store.upload(name, FILE, new TextEncoder().encode(page));
  return name;
}

/** A page with what its artifact's name says. */
export interface NamedPage extends LedgerPage {
  readonly artifact: string;
  readonly channel: string;
  readonly isBegun: boolean;
}

/**
 * The pages that count: of a publisher that ended, not the one of its beginning; of one that was killed, the one of its
 * beginning, until it ran again. Other artifacts that are called alike are left out.
 *
 * @param ignored is told the name of each that is left out, and why.
 */
export async function loadPages(
  store: LedgerStore,
  ignored: (artifact: string, reason: string) => void = () => undefined,
): Promise<readonly NamedPage[]> {
  const names = (await store.list(PREFIX)).map((artifact) => ({ artifact, parts: partsOf(artifact) }));
  for (const { artifact, parts } of names) if (parts === undefined) ignored(artifact, "its name is not valid");
  const known = new Set(names.map(({ artifact }) => artifact));
  const pages = await Promise.all(
    names.map(async ({ artifact, parts }): Promise<NamedPage | undefined> => {
      if (parts === undefined) return undefined;
      const page = await readOne(store, artifact, ignored);
      return page && { ...page, artifact, channel: parts.channel, isBegun: parts.isBegun };
    }),
  );
  const found = pages.filter((page) => page !== undefined);
  return found.filter(
    (page) => !page.isBegun || !(known.has(page.artifact.slice(0, -BEGUN.length)) || hasRunAgain(page, found)),
  );
}

/** Reads what all publishers of this run did so far, in all attempts. */
export async function loadLedger(
  store: LedgerStore,
  ignored?: (artifact: string, reason: string) => void,
): Promise<readonly LedgerRow[]> {
  const pages = await loadPages(store, ignored);
  return mergeLedger(pages.filter((page) => !page.isBegun || !hasEndedWell(page, pages)));
}

/** An earlier attempt of the same publisher published all it had: that it begins again changes nothing. */
function hasEndedWell({ channel, place, attempt }: NamedPage, pages: readonly NamedPage[]): boolean {
  const ofPublisher = pages.filter((page) => page.channel === channel && page.place === place);
  return place !== undefined && lastEndedWell(ofPublisher.filter((page) => page.attempt < attempt));
}

/** Whether the last attempt among the pages ended with nothing left to publish. */
export function lastEndedWell(pages: readonly NamedPage[]): boolean {
  const last = Math.max(...pages.map(({ attempt }) => attempt));
  const ended = pages.filter(({ attempt }) => attempt === last);
  return (
    ended.length > 0 && ended.every(({ isBegun, rows }) => !isBegun && rows.every(({ state }) => !isUnfinished(state)))
  );
}

function isUnfinished(state: LedgerRow["state"]): boolean {
  return state === "planned" || state === "failed";
}

async function readOne(
  store: LedgerStore,
  artifact: string,
  ignored: (artifact: string, reason: string) => void,
): Promise<LedgerPage | undefined> {
  const content = await store.read(artifact, FILE);
  try {
    if (content !== undefined) return readPage(content, `${FILE} of the artifact ${artifact}`);
    ignored(artifact, `it has no ${FILE}`);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    ignored(artifact, error.message);
  }
  return undefined;
}

/** The same publishing began in a later attempt, which tells more than that this one was killed. */
function hasRunAgain({ channel, attempt, rows }: NamedPage, pages: readonly NamedPage[]): boolean {
  const names = new Set(rows.map(({ name }) => name));
  return pages.some(
    (other) =>
      other.isBegun &&
      other.channel === channel &&
      other.attempt > attempt &&
      other.rows.some(({ name }) => names.has(name)),
  );
}

function partsOf(artifact: string): { readonly channel: string; readonly isBegun: boolean } | undefined {
  const [, channel, begun] = /^ledger-([a-z][a-z0-9-]{0,30}?)-\d+-[0-9a-z]+(-begun)?$/.exec(artifact) ?? [];
  return channel === undefined ? undefined : { channel, isBegun: begun !== undefined };
}
