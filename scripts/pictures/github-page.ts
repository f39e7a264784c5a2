import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { marked } from "marked";

/** Markdown as a page that looks as GitHub shows a job summary: its dialect, its style, nothing that runs or loads. */
export async function githubPage(markdown: string): Promise<string> {
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
<style>${style} body.markdown-body { padding: 16px }</style>
</head>
<body class="markdown-body">
${await marked.parse(markdown, { gfm: true })}
</body>
</html>
`;
}
