/** Replaces `text.slice(start, end)`. Offsets are those of the text before any edit. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Applies edits that do not overlap, in any order; all else in the text stays byte for byte.
 * The same edit twice counts once.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = "";
  let done = 0;
  let previous: Edit | undefined;
  for (const edit of ordered) {
    if (previous?.start === edit.start && previous.end === edit.end && previous.text === edit.text) continue;
    if (edit.start < done || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(`edit ${edit.start}..${edit.end} overlaps another or lies outside the text`);
    }
    result += text.slice(done, edit.start) + edit.text;
    done = edit.end;
    previous = edit;
  }
  return result + text.slice(done);
}
