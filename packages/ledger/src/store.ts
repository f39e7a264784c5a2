import { JsonError } from "@release-actions/json";
import { mergeLedger } from "./merge.ts";
import { type LedgerPage, type LedgerRow, readPage, writePage } from "./page.ts";

/** The artifacts of the current run, which contain the pages. */
export interface LedgerStore {
  /** The names of artifacts of all attempts that begin with the prefix. */
  list(prefix: string): Promise<readonly string[]>;
  read(artifact: string, file: string): Promise<Uint8Array | undefined>;
  upload(artifact: string, file: string, content: Uint8Array): Promise<void>;
}

/** Must not begin with `artifacts-`, since cargo-dist attaches such artifacts to the release. */
const PREFIX = "ledger-";
const FILE = "ledger.json";
/** The suffix of a page that was written at the beginning. The final page has the same name without it. */
const BEGUN = "-begun";

export interface SaveOptions {
  /** The channel of the publisher, which is part of the artifact's name. */
  readonly channel: string;
  /** `GITHUB_RUN_ID`. */
  readonly run?: string | undefined;
  /** `GITHUB_RUN_ATTEMPT`, from 1. */
  readonly attempt: number;
  /** Hex digits that make the name unique among jobs that publish to the same channel, such as those of a matrix. */
  readonly random: string;
  /** The name of the place where it publishes: a tap, a registry, a repository. It is the same in each attempt. */
  readonly name?: string;
  /** `begun` for the page that is written before anything can fail. Default: `ended`. */
  readonly phase?: "begun" | "ended";
}

/** Writes the results of one publisher as a new artifact and returns the artifact's name. */
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

/** A page, with the information in its artifact's name. */
export interface NamedPage extends LedgerPage {
  readonly artifact: string;
  readonly channel: string;
  readonly isBegun: boolean;
}

/**
 * Loads the pages that count. A publisher that has ended counts with its final page only. One that was killed counts
 * with the page of its beginning, until it runs again. Other artifacts with similar names are left out.
 *
 * @param ignored called with the name of each artifact that is left out, and the reason
 */
export async function loadPages(
  store: LedgerStore,
  ignored: (artifact: string, reason: string) => void = () => undefined,
): Promise<readonly NamedPage[]> {
  const artifacts = await store.list(PREFIX);
  const pages = await Promise.all(artifacts.map((artifact) => readOne(store, artifact, ignored)));
  const found = pages.filter((page) => page !== undefined);
  const hasEnded = (page: NamedPage): boolean => artifacts.includes(page.artifact.slice(0, -BEGUN.length));
  return found.filter((page) => !page.isBegun || !(hasEnded(page) || hasRunAgain(page, found)));
}

/** Reads the results so far of all publishers of this run, in all attempts. */
export async function loadLedger(
  store: LedgerStore,
  ignored?: (artifact: string, reason: string) => void,
): Promise<readonly LedgerRow[]> {
  const pages = await loadPages(store, ignored);
  return mergeLedger(pages.filter((page) => !page.isBegun || !hasEndedWell(page, pages)));
}

/** Whether an earlier attempt of the same publisher published everything. Then the page of a new beginning does not count. */
function hasEndedWell({ channel, place, attempt }: NamedPage, pages: readonly NamedPage[]): boolean {
  const ofPublisher = pages.filter((page) => page.channel === channel && page.place === place);
  return place !== undefined && lastEndedWell(ofPublisher.filter((page) => page.attempt < attempt));
}

/** Whether the last attempt among the pages has ended and left nothing to publish. */
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
): Promise<NamedPage | undefined> {
  const [, channel, begun] = /^ledger-([a-z][a-z0-9-]{0,30}?)-\d+-[0-9a-z]+(-begun)?$/.exec(artifact) ?? [];
  if (channel === undefined) return void ignored(artifact, "its name is not valid");
  const content = await store.read(artifact, FILE);
  if (content === undefined) return void ignored(artifact, `it has no ${FILE}`);
  try {
    const page = readPage(content, `${FILE} of the artifact ${artifact}`);
    return { ...page, artifact, channel, isBegun: begun !== undefined };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return void ignored(artifact, error.message);
  }
}

/** Whether the same publication began again in a later attempt, whose page replaces this one. */
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
