/** Replaces `text.slice(start, end)`. Offsets refer to the text before any edit. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Applies edits in any order. The rest of the text does not change. An edit that is given twice is applied once.
 *
 * @throws RangeError when edits overlap or lie outside the text
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
