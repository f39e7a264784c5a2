import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { githubPage, renderMarkdown } from "./github-page.ts";
import { withoutChance } from "./readme-runs.ts";

/** The most summaries in one picture; more would be too small to read. */
const PER_SHEET = 8;

export interface Sheet {
  /** The name of the sheet, such as `helm-publish-1`. */
  readonly name: string;
  /** The page, as HTML. */
  readonly page: string;
}

interface Kept {
  readonly conclusion: string;
  readonly text: string;
  /** The number of runs with this summary, ignoring times, digests and numbers. */
  count: number;
}

/**
 * Makes pages of two columns from the summaries in a folder, per action and with failures first. Summaries that differ
 * only in times, digests and numbers are shown once.
 *
 * @param folder the folder of TEST_KEEP_SUMMARIES, with files `<action>-<conclusion>-<pid>-<number>.md` from the tests
 */
export async function summarySheets(folder: string): Promise<Sheet[]> {
  const actions = new Map<string, Map<string, Kept>>();
  for (const file of readdirSync(folder).sort()) {
    const [, action, conclusion = ""] = /^(.+)-(success|failure)-\d+-\d+\.md$/.exec(file) ?? [];
    if (action === undefined) continue;
    const text = readFileSync(path.join(folder, file), "utf8");
    const key = `${conclusion}\n${withoutChance(text).replace(/\d+/g, "0")}`;
    const kept = actions.get(action) ?? new Map<string, Kept>();
    actions.set(action, kept);
    const known = kept.get(key);
    if (known === undefined) kept.set(key, { conclusion, text, count: 1 });
    else known.count += 1;
  }
  const sheets: Sheet[] = [];
  for (const [action, kept] of actions) {
    const sorted = [...kept.values()].sort((a, b) => (a.conclusion < b.conclusion ? -1 : 1));
    for (let start = 0; start < sorted.length; start += PER_SHEET) {
      const cards = await Promise.all(sorted.slice(start, start + PER_SHEET).map((one) => cardOf(action, one)));
      const page = githubPage(`<div class="sheet">${cards.join("\n")}</div>`, STYLE);
      sheets.push({ name: `${action}-${start / PER_SHEET + 1}`, page });
    }
  }
  return sheets;
}

/** Columns break only between cards, and a card that is longer than a window is cut off. */
const STYLE = `
  .sheet { columns: 2; column-gap: 12px }
  .card { break-inside: avoid; border: 1px solid #d0d7de; border-radius: 6px; padding: 12px; margin-bottom: 12px;
    max-height: 1100px; overflow: hidden }
  .card > small { color: #59636e }
`;

async function cardOf(action: string, { conclusion, text, count }: Kept): Promise<string> {
  const runs = count === 1 ? "" : `, ${count} runs`;
  return `<div class="card"><small>${action}: ${conclusion}${runs}</small>${await renderMarkdown(text)}</div>`;
}
