import {
  type Decoder,
  decodeJson,
  integer,
  JsonError,
  listOf,
  literal,
  object,
  optional,
  text,
} from "@release-actions/json";

/**
 * The state of one thing in one channel. `planned`: not finished yet. `published`: sent. `verified`: sent and read
 * back. `skipped`: left out on purpose. `failed`: missing although it should be there. `awaiting-approval`: in the
 * registry, but not public until a person approves it, such as a staged version on npm.
 */
export type LedgerState = "planned" | "published" | "verified" | "skipped" | "failed" | "awaiting-approval";

export interface LedgerRow {
  /** The kind of place: `github`, `homebrew`, `npm`, `image`, `chart`. */
  readonly channel: string;
  /** The name of what is published, as used in the channel: a formula, a package, an image's repository. */
  readonly name: string;
  /** The version, or the tag if the channel uses tags. */
  readonly version: string;
  readonly state: LedgerState;
  /** `sha256:<hex>`, or `sha512-<base64>` if the channel uses that form. */
  readonly digest?: string | undefined;
  /** The web page for people. */
  readonly url?: string | undefined;
  /** Why it was skipped or failed, or what is still missing. Required for `skipped` and `failed`. */
  readonly reason?: string | undefined;
  /** Other names that people must give when they install it: formulae of taps, since Homebrew asks people to trust each. */
  readonly requires?: readonly string[] | undefined;
  /** The command with which a person makes it public. Only for `awaiting-approval`. */
  readonly approve?: string | undefined;
  /** When the state was reached, as RFC 3339 in UTC. */
  readonly at: string;
  /** The workflow run that wrote it: `GITHUB_RUN_ID`. */
  readonly run?: string | undefined;
  /** `GITHUB_RUN_ATTEMPT`, from 1. */
  readonly attempt?: number | undefined;
}

/** The results of one publisher in one attempt: the content of one artifact, which never changes after it is written. */
export interface LedgerPage {
  /** The version of the format (ledger.schema.json). A reader refuses other versions. */
  readonly ledger: 1;
  readonly attempt: number;
  /** The place where the publisher publishes, which is also the name of its first row. It is the same in each attempt. */
  readonly place?: string | undefined;
  readonly rows: readonly LedgerRow[];
}

/** The size limit, enough for several thousand rows; a publisher writes only a few. */
const MAX_PAGE_BYTES = 1024 * 1024;

const digest: Decoder<string> = matching(
  /^[a-z0-9]+(:[0-9a-f]{32,}|-[A-Za-z0-9+/]{32,}={0,2})$/,
  "a digest such as sha256:<hex>",
);
const instant: Decoder<string> = matching(
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  "a time such as 2026-01-02T03:04:05Z",
);
const oneLine: Decoder<string> = matching(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, "one line of text");
const webAddress: Decoder<string> = matching(/^https?:\/\/[^\s<>"]+$/, "a web address");

const row: Decoder<LedgerRow> = (value, path) => {
  const decoded = rowFields(value, path);
  if ((decoded.state === "skipped" || decoded.state === "failed") && decoded.reason === undefined) {
    throw new JsonError(`\`${path}\` is ${decoded.state} without a \`reason\``);
  }
  return decoded;
};

const rowFields = object<LedgerRow>({
  channel: matching(/^[a-z][a-z0-9-]{0,30}$/, "the name of a channel in lowercase"),
  name: oneLine,
  version: oneLine,
  state: literal("planned", "published", "verified", "skipped", "failed", "awaiting-approval"),
  digest: optional(digest),
  url: optional(webAddress),
  reason: optional(oneLine),
  requires: optional(listOf(oneLine)),
  approve: optional(oneLine),
  at: instant,
  run: optional(matching(/^\d{1,20}$/, "the number of a workflow run")),
  attempt: optional(integer),
});

const pageDecoder = object<LedgerPage>({
  ledger: literal(1),
  attempt: integer,
  place: optional(oneLine),
  rows: listOf(row),
});

/**
 * Reads a page.
 *
 * @throws JsonError for anything else, or for a page of a newer format
 */
export function readPage(content: string | Uint8Array, source = "the ledger"): LedgerPage {
  return decodeJson(content, pageDecoder, { source, maxBytes: MAX_PAGE_BYTES });
}

/**
 * The page as text, checked in the same way as a reader does.
 *
 * @throws JsonError
 */
export function writePage(page: LedgerPage): string {
  const content = `${JSON.stringify(page, undefined, 2)}\n`;
  readPage(content, "the ledger to be written");
  return content;
}

function matching(pattern: RegExp, expected: string): Decoder<string> {
  return (value, path) => {
    const found = text(value, path);
    if (!pattern.test(found))
      throw new JsonError(`\`${path}\` is ${JSON.stringify(found.slice(0, 60))}, expected ${expected}`);
    return found;
  };
}
