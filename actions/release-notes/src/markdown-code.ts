/** A range of offsets; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The ranges of a Markdown text that are code: fenced and indented code blocks, and code spans (GitHub Flavored
 * Markdown spec, sections 4.4, 4.5, 6.3). There, what looks like an HTML comment is text.
 */
export function codeOf(markdown: string): readonly Range[] {
  const ranges: Range[] = [];
  let fence: { readonly mark: string; readonly start: number } | undefined;
  let paragraph: Range = { start: 0, end: 0 };
  let isAfterText = false;
  const endParagraph = (): void => {
    ranges.push(...spansOf(markdown, paragraph));
    paragraph = { start: paragraph.end, end: paragraph.end };
  };
  for (const { 0: line, index } of markdown.matchAll(/[^\n]*(?:\n|$)/g)) {
    const end = index + line.length;
    const [, mark = "", info = ""] = /^ {0,3}(`{3,}|~{3,})([^\n]*)/.exec(line) ?? [];
    if (fence !== undefined) {
      if (mark.startsWith(fence.mark) && info.trim() === "") {
        ranges.push({ start: fence.start, end });
        fence = undefined;
      }
      paragraph = { start: end, end };
    } else if (mark !== "" && !(mark.startsWith("`") && info.includes("`"))) {
      endParagraph();
      fence = { mark, start: index };
    } else if (/^(?: {4}|\t)/.test(line) && !isAfterText && line.trim() !== "") {
      endParagraph();
      ranges.push({ start: index, end });
      paragraph = { start: end, end };
      continue;
    } else if (line.trim() === "" || /^ {0,3}<!--/.test(line)) {
      // An HTML comment at the start of a line is a block of its own, even right after a paragraph.
      endParagraph();
      paragraph = { start: end, end };
    } else paragraph = { ...paragraph, end };
    isAfterText = fence === undefined && line.trim() !== "" && mark === "" && !/^ {0,3}<!--/.test(line);
  }
  endParagraph();
  if (fence !== undefined) ranges.push({ start: fence.start, end: markdown.length });
  return ranges;
}

/** Whether a fenced code block is not closed before the end. */
export function hasOpenFence(markdown: string): boolean {
  const text = `${markdown.trimEnd()}\n\nend`;
  return isIn(codeOf(text), text.length - 1);
}

/** Whether an offset is in one of the ranges. */
export function isIn(ranges: readonly Range[], at: number): boolean {
  return ranges.some(({ start, end }) => start <= at && at < end);
}

/** Finds code spans, which end with as many backticks as they begin with. */
function spansOf(markdown: string, { start, end }: Range): readonly Range[] {
  const runs = [...markdown.slice(start, end).matchAll(/`+/g)];
  const spans: Range[] = [];
  for (let at = 0; at < runs.length; at += 1) {
    const open = runs[at];
    const close = runs.findIndex((run, index) => index > at && run[0].length === open?.[0].length);
    const last = runs[close];
    if (open === undefined || last === undefined) continue;
    spans.push({ start: start + open.index, end: start + last.index + last[0].length });
    at = close;
  }
  return spans;
}
