import type { Problem } from "@release-actions/report";

/**
 * Finds the most common offences of `brew style`, for machines without Homebrew. Wrong line ends are errors, because a
 * formula with CRLF does not load in every shell that `brew` starts.
 */
export function checkLayout(text: string, file: string): readonly Problem[] {
  const problem = (level: Problem["level"], line: number, message: string): Problem => ({
    level,
    message: `${file}: ${message}`,
    location: { file, line },
  });
  const lines = text.split("\n");
  const found: Problem[] = [];
  const cr = lines.findIndex((line) => line.endsWith("\r"));
  if (cr >= 0) found.push(problem("error", cr + 1, "the line ends with CR LF, expected LF"));
  if (!text.endsWith("\n")) found.push(problem("error", lines.length, "the last line has no line end"));
  if (text.startsWith("\uFEFF")) found.push(problem("error", 1, "the file begins with a byte order mark"));
  for (const [index, line] of lines.entries()) {
    if (/^ *\t/.test(line))
      found.push(problem("warning", index + 1, "the line is indented with a tab, expected spaces"));
    else if (/[ \t]$/.test(line)) found.push(problem("warning", index + 1, "the line ends with white space"));
    else if (/^ +/.test(line) && (/^ +/.exec(line)?.[0].length ?? 0) % 2 === 1) {
      found.push(problem("warning", index + 1, "the line is indented by an odd number of spaces"));
    }
  }
  return found;
}
