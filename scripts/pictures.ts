// Makes pictures of job summaries and reports, as their readers see them: `npm run pictures -- summary.md report.html`.
// Markdown is rendered like GitHub does, HTML unchanged, each in a wide and a narrow window. Without files, it shows the
// summaries and reports of runs of repro-hash-compare (scripts/pictures/report-runs.ts). With `--readme` it makes the pictures
// of the README (scripts/pictures/readme-runs.ts), for which it starts a Docker engine. With `--summaries <folder>` it shows
// the summaries that the tests left in that folder (TEST_KEEP_SUMMARIES), side by side. It needs Chromium on the machine, and
// optipng for the README.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { findProgram, runCommand } from "@release-actions/command";
import { silentReporter } from "@release-actions/report";
import { chromium } from "playwright-core";
import { startEngine } from "./docker-engine.ts";
import { REPOSITORY, workFolder } from "./folders.ts";
import { githubPage, renderMarkdown } from "./pictures/github-page.ts";
import { README_ACTIONS, readmeRuns } from "./pictures/readme-runs.ts";
import { reportRuns } from "./pictures/report-runs.ts";
import { summarySheets } from "./pictures/summary-sheets.ts";

/** A wide window, and the narrowest one in which people read reports. */
const WIDTHS_PX = [1012, 420];
/** Wide enough for two summaries side by side. */
const SHEET_WIDTH_PX = 1500;
/** The width at which GitHub shows a README. */
const README_WIDTH_PX = 860;
/** The maximum height of a picture. */
const MAX_HEIGHT_PX = 8000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string" },
    readme: { type: "boolean", default: false },
    summaries: { type: "string" },
  },
});
const program = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => findProgram(name, process.env["PATH"]))
  .find((found) => found !== undefined);
if (program === undefined) {
  console.error("there is no chromium on the PATH: install it, on Debian with `apt-get install chromium`");
  process.exit(1);
}
// The pages contain hostile file names on purpose, so scripts in them must not run.
await using browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
if (values.readme) await takeReadmePictures();
else if (values.summaries !== undefined) await takeSummaryPictures(values.summaries);
else await takeReportPictures();

async function takeReportPictures(): Promise<void> {
  const out = values.out ?? workFolder("pictures");
  mkdirSync(out, { recursive: true });
  const files = positionals.length > 0 ? positionals : await reportRuns(path.join(out, "runs"));
  for (const file of files) {
    const name = `${path.basename(file, path.extname(file))}-${path.extname(file).slice(1)}`;
    for (const width of WIDTHS_PX) await takePicture(await pageOf(file), width, path.join(out, `${name}-${width}.png`));
  }
}

async function takeSummaryPictures(folder: string): Promise<void> {
  const out = values.out ?? workFolder("pictures");
  mkdirSync(out, { recursive: true });
  const sheets = await summarySheets(folder);
  if (sheets.length === 0) console.error(`${folder} has no summaries: run tests with TEST_KEEP_SUMMARIES=${folder}`);
  for (const { name, page } of sheets) await takePicture(page, SHEET_WIDTH_PX, path.join(out, `${name}.png`));
}

async function takeReadmePictures(): Promise<void> {
  const out = values.out ?? path.join(REPOSITORY, ".github/pictures");
  mkdirSync(out, { recursive: true });
  await runCommand(process.execPath, [path.join(import.meta.dirname, "build.ts"), ...README_ACTIONS]);
  const engine = await startEngine("containerd", silentReporter);
  try {
    for (const [name, summary] of await readmeRuns(engine.host)) {
      const file = path.join(out, `${name}.md`);
      writeFileSync(file, summary);
      const picture = path.join(out, `${name}.png`);
      await takePicture(await pageOf(file), README_WIDTH_PX, picture);
      // A release contains these pictures, and every job downloads the release.
      await runCommand("optipng", ["-quiet", "-o5", picture]);
    }
  } finally {
    await engine.stop();
  }
}

async function pageOf(file: string): Promise<string> {
  const text = readFileSync(file, "utf8");
  return file.endsWith(".md") ? githubPage(await renderMarkdown(text)) : text;
}

async function takePicture(content: string, width: number, picture: string): Promise<void> {
  await using context = await browser.newContext({ javaScriptEnabled: false, viewport: { width, height: 800 } });
  const page = await context.newPage();
  await page.setContent(content);
  const height = (await page.locator("html").boundingBox())?.height ?? 800;
  await page.setViewportSize({ width, height: Math.ceil(Math.min(height, MAX_HEIGHT_PX)) });
  await page.screenshot({ path: picture });
  console.log(picture);
}
