// Pictures of job summaries and reports, as their readers see them: `npm run pictures -- summary.md report.html`.
// Markdown is shown as GitHub shows it, HTML as it is, each in a wide and a narrow window. Without files: the
// summaries and reports of runs of repro-hash-compare (scripts/pictures/report-runs.ts). Needs Chromium on the machine.
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { findProgram } from "@release-actions/command";
import { type Browser, chromium } from "playwright-core";
import { workFolder } from "./folders.ts";
import { githubPage } from "./pictures/github-page.ts";
import { reportRuns } from "./pictures/report-runs.ts";

/** A wide window, and the narrowest one in which people read reports. */
const WIDTHS_PX = [1012, 420];
/** Browsers draw no higher pictures. */
const MAX_HEIGHT_PX = 8000;

const { positionals, values } = parseArgs({ allowPositionals: true, options: { out: { type: "string" } } });
const out = values.out ?? workFolder("pictures");
mkdirSync(out, { recursive: true });
const program = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => findProgram(name, process.env["PATH"]))
  .find((found) => found !== undefined);
if (program === undefined) {
  console.error("there is no chromium on the PATH: install it, on Debian with `apt-get install chromium`");
  process.exit(1);
}
// Pages come from runs with hostile names: nothing in them may run.
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
try {
  const files = positionals.length > 0 ? positionals : await reportRuns(path.join(out, "runs"));
  for (const file of files) for (const width of WIDTHS_PX) console.log(await takePicture(browser, file, width));
} finally {
  await browser.close();
}

async function takePicture(browser: Browser, file: string, width: number): Promise<string> {
  const text = readFileSync(file, "utf8");
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 800 } });
  try {
    const page = await context.newPage();
    await page.setContent(file.endsWith(".md") ? await githubPage(text) : text);
    const height = (await page.locator("html").boundingBox())?.height ?? 800;
    await page.setViewportSize({ width, height: Math.ceil(Math.min(height, MAX_HEIGHT_PX)) });
    const picture = path.join(
      out,
      `${path.basename(file).replace(/\.(md|html)$/, "")}-${path.extname(file).slice(1)}-${width}.png`,
    );
    await page.screenshot({ path: picture });
    return picture;
  } finally {
    await context.close();
  }
}
