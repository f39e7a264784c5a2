import { previousTag, type Version } from "@release-actions/channel";
import { type Checksums, type DistPlan, parseDropTargets } from "@release-actions/dist-plan";
import type { LedgerRow } from "@release-actions/ledger";
import type { RunFacts } from "@release-actions/release-run";
import { readText } from "@release-actions/text";
import type { ActionRunner } from "./action.gen.ts";
import { attestationNote, channelTable, downloadTables, installCommands, installerBlocks } from "./blocks.ts";
import { notesFileName, readAllWords } from "./own-words.ts";
import { NotesError } from "./sections.ts";
import { lengthOf, MAX_NOTES_LENGTH, shortened } from "./shorten.ts";
import { DEFAULT_TEMPLATE, renderTemplate, type Values } from "./template.ts";

/** The facts that the notes are rendered from. */
export interface Matter {
  readonly plan: DistPlan;
  readonly version: Version;
  readonly tag: string;
  /** The git tags of the source repository. */
  readonly tags: readonly string[];
  readonly checksums: Checksums;
  readonly ledger: readonly LedgerRow[];
  readonly facts: RunFacts;
}

export interface Rendered {
  readonly text: string;
  /** The text with the notes file cut by that many characters; undefined when cutting it cannot save so many. */
  readonly shortenedBy: (characters: number) => string | undefined;
}

/** Fills the template with the facts of the release. */
export async function renderNotes({ inputs, ...runner }: ActionRunner, matter: Matter): Promise<Rendered> {
  const { plan, version, tag, checksums, ledger, facts } = matter;
  const template = inputs.template === undefined ? DEFAULT_TEMPLATE : readText(inputs.template);
  const pattern = inputs["notes-file"];
  const subjects = plan.releases.map(({ app, displayName }) => ({ app, displayName, version, tag }));
  const values: Values = {
    app: plan.releases.map(({ displayName }) => displayName).join(", "),
    version: version.text,
    tag,
    repository: facts.repository,
    notes:
      pattern === undefined ? (plan.changelog ?? "") : await readAllWords(pattern, subjects, facts.workspace, runner),
    changes: changesLink(matter),
    install: installCommands(ledger),
    installers: installerBlocks(plan, inputs["scarf-gateway"]),
    downloads: downloadTables(plan, checksums, inputs["scarf-gateway"], parseDropTargets(inputs["drop-targets"])),
    attestations: attestationNote(plan, facts.repository),
    channels: channelTable(ledger),
  };
  const [first] = subjects;
  const file = pattern === undefined || first === undefined ? "" : notesFileName(pattern, first);
  const rest = `${facts.serverUrl}/${facts.repository}/${file === "" ? "tree" : "blob"}/${encodePath(tag)}${file === "" ? "" : `/${encodePath(file)}`}`;
  return {
    text: renderTemplate(template, values),
    shortenedBy: (characters) => {
      const notes = shortened(values.notes, lengthOf(values.notes) - characters, rest);
      return notes === undefined ? undefined : renderTemplate(template, { ...values, notes });
    },
  };
}

/** Shortens notes to GitHub's limit: cuts the text of the notes file, never text that people wrote on GitHub. */
export function fitted(
  rendered: Rendered,
  merge: (text: string) => string,
): { readonly text: string; readonly isCut: boolean } {
  const whole = merge(rendered.text);
  const excess = lengthOf(whole) - MAX_NOTES_LENGTH;
  if (excess <= 0) return { text: whole, isCut: false };
  const short = rendered.shortenedBy(excess);
  const text = short === undefined ? undefined : merge(short);
  if (text === undefined || lengthOf(text) > MAX_NOTES_LENGTH) {
    throw new NotesError(
      `the notes have ${lengthOf(whole)} characters, but GitHub accepts at most ${MAX_NOTES_LENGTH}`,
      {
        advice: "Shorten the notes file, or add headings: it is cut before a heading, with a link to the rest.",
      },
    );
  }
  return { text, isCut: true };
}

function changesLink({ tags, tag, facts }: Matter): string {
  const before = previousTag(tags, tag);
  if (before === undefined) return "";
  const url = `${facts.serverUrl}/${facts.repository}/compare/${encodePath(before)}...${encodePath(tag)}`;
  return `All changes since ${before}: [${before}...${tag}](${url})`;
}

function encodePath(name: string): string {
  return name.split("/").map(encodeURIComponent).join("/");
}
