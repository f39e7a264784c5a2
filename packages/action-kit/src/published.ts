import { type Cell, MARKS, type Mark, type Summary } from "./summary.ts";

/** The results of publishing, the most important first. */
const STATES = {
  failed: { mark: "error", word: "not published" },
  unverified: { mark: "error", word: "published, but not read back" },
  waiting: { mark: "waiting", word: "waiting for approval" },
  published: { mark: "success", word: "published" },
  unchanged: { mark: "success", word: "already published" },
  skipped: { mark: "notice", word: "skipped" },
} as const satisfies Record<string, { mark: Mark; word: string }>;

export type PublishState = keyof typeof STATES;

export interface PublishedRow {
  readonly state: PublishState;
  readonly cells: readonly Cell[];
  /** The result in words. */
  readonly said: string;
}

export interface PublishedTable {
  /** The subject of the headline: `Helm chart widget 1.2.3`, `3 Helm charts`. */
  readonly subject: string;
  /** The names of the columns. */
  readonly header: readonly string[];
  readonly rows: readonly PublishedRow[];
}

/** The summary of a publishing action: a headline with the number published, then each result, failures first. */
export function writePublished(summary: Summary, { subject, header, rows }: PublishedTable): void {
  const states = (Object.keys(STATES) as PublishState[]).filter((state) => rows.some((row) => row.state === state));
  const count = (state: PublishState): string => {
    const { length } = rows.filter((row) => row.state === state);
    return rows.length === length ? STATES[state].word : `${length} ${STATES[state].word}`;
  };
  const [worst] = states;
  if (worst === undefined) return void summary.verdict("notice", `${subject}: nothing to publish`);
  summary.verdict(STATES[worst].mark, `${subject}: ${states.map(count).join(", ")}`);
  const sorted = states.flatMap((state) => rows.filter((row) => row.state === state));
  summary.table(
    ["", header[0] ?? "", "result", ...header.slice(1)],
    sorted.map(({ state, cells: [first = "", ...cells], said }) => [MARKS[STATES[state].mark], first, said, ...cells]),
  );
}
