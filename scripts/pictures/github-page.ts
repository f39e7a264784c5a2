import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { marked } from "marked";

const EMOJI_STYLE = fileURLToPath(import.meta.resolve("@fontsource/noto-color-emoji/400.css"));
/** From here pages get the font of the marks, which not every machine has. It is served by `emojiFont` alone. */
export const FONT_ORIGIN = "https://font.invalid";

/** The file of the font that a page asks for. @param url below `FONT_ORIGIN` */
export function emojiFont(url: string): string {
  return path.join(path.dirname(EMOJI_STYLE), "files", path.basename(new URL(url).pathname));
}

/** Markdown in GitHub's dialect, as HTML. */
export async function renderMarkdown(markdown: string): Promise<string> {
  return await marked.parse(markdown, { gfm: true });
}

/** HTML as a page in the style in which GitHub shows a job summary; nothing in it runs, and nothing but the font of the marks loads. */
export function githubPage(content: string, moreStyle = ""): string {
  const style = readFileSync(
    fileURLToPath(import.meta.resolve("github-markdown-css/github-markdown-light.css")),
    "utf8",
  );
  const emoji = readFileSync(EMOJI_STYLE, "utf8");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src ${FONT_ORIGIN}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${style} ${emoji.replaceAll("./files/", `${FONT_ORIGIN}/`)}
body.markdown-body { padding: 16px; font-family: Helvetica, Arial, sans-serif, "Noto Color Emoji" } ${moreStyle}</style>
</head>
<body class="markdown-body">
${content}
</body>
</html>
`;
}
