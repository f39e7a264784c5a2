import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { marked } from "marked";

/** The symbols of a summary, replaced by coloured text, because not every machine has an emoji font. */
const MARKS = [
  ["✅", "✔", "#1a7f37"],
  ["❌", "✖", "#cf222e"],
  ["⏳", "●", "#9a6700"],
  ["⚠️", "⚠", "#9a6700"],
  ["ℹ️", "ℹ", "#0969da"],
] as const;

/** Renders GitHub's dialect of Markdown as HTML. */
export async function renderMarkdown(markdown: string): Promise<string> {
  let html = await marked.parse(markdown, { gfm: true });
  for (const [mark, sign, color] of MARKS) html = html.replaceAll(mark, `<span style="color: ${color}">${sign}</span>`);
  return html;
}

/** Makes a page in GitHub's style for job summaries. Its content security policy forbids it to run or load anything. */
export function githubPage(content: string, moreStyle = ""): string {
  const style = readFileSync(
    fileURLToPath(import.meta.resolve("github-markdown-css/github-markdown-light.css")),
    "utf8",
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${style} body.markdown-body { padding: 16px } ${moreStyle}</style>
</head>
<body class="markdown-body">
${content}
</body>
</html>
`;
}
