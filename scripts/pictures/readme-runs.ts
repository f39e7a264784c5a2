import { createHash, randomUUID } from "node:crypto";
import { cpSync, writeFileSync } from "node:fs";
import { TAR_END, tarFile } from "@release-actions/archive";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { Product } from "@release-actions/example-product";
import { craftPlatformsArchive } from "../../test/images/crafted-archive.ts";
import { createPlainRelease, uploadArtifact } from "../../test/release/hosting.ts";
import { Job } from "../../test/runner/job.ts";
import { type GitHub, startGitHub } from "../../test/stand-in/github.ts";
import { compareBuilds } from "./report-runs.ts";

/** The actions that the runs use. */
export const README_ACTIONS = [
  ...["save-restate-image", "load-restate-image", "pins-check", "release-notes", "repro-hash-compare"],
];

/** One run for each task of the README. It returns the job summary. The tests' stand-in takes the place of GitHub. */
const RUNS: Readonly<Record<string, (github: GitHub, engine: string) => Promise<string>>> = {
  image: carriedImage,
  workspace: disagreeingPins,
  release: releasedWidget,
  reproducible: () => compareBuilds("small"),
};

/**
 * The summaries of which the README shows pictures, by the name of the picture. The built bundles write them.
 *
 * @param engine the address of a Docker engine, as in `DOCKER_HOST`
 */
export async function readmeRuns(engine: string): Promise<ReadonlyMap<string, string>> {
  await using github = await startGitHub();
  const summaries = new Map<string, string>();
  for (const [name, run] of Object.entries(RUNS)) summaries.set(name, await run(github, engine));
  return summaries;
}

/** Masks the parts of a summary that differ from run to run: times, numbers of artifacts, digests. */
export function withoutChance(summary: string): string {
  return summary
    .replace(/\b[0-9a-f]{12,}\b/g, "<digest>")
    .replace(/\b\d+(?:\.\d+)? ?(?:ms|s)\b/g, "<time>")
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(/(artifact .*?)\(\d+\)|(artifact<\/th><td>)\d+|(of run )\d+/g, "$1$2$3<id>");
}

/** One job saves an image for two platforms, and another job loads the one for its platform. The image is new to the engine. */
async function carriedImage(github: GitHub, engine: string): Promise<string> {
  const text = `${randomUUID()} says hello from the image\n`.repeat(60_000);
  const layer = (platform: string): Buffer => Buffer.concat([tarFile("hello.txt", `${platform}\n${text}`), TAR_END]);
  const platforms = ["linux/amd64", "linux/arm64"];
  const archive = craftPlatformsArchive(Object.fromEntries(platforms.map((platform) => [platform, layer(platform)])));
  const run = github.addRun();
  const tag = "localhost/restatedev/restate-commit-download:latest";
  const summaries: string[] = [];
  for (const action of ["save-restate-image", "load-restate-image"]) {
    await using job = await Job.open({ env: { ...github.env(run), DOCKER_HOST: engine } });
    writeFileSync(job.file("restate.tar"), archive);
    const inputs = action === "load-restate-image" ? { tag } : {};
    summaries.push((await job.step(action, { inputs })).summary);
  }
  return summaries.join("\n");
}

/** A workspace in which one place was forgotten when the toolchain was updated. */
async function disagreeingPins(): Promise<string> {
  using product = new Product();
  product.replace("Cargo.toml", '"1.95.0"', '"1.94.0"');
  await using job = await Job.open();
  cpSync(product.root, job.workspace, { recursive: true });
  return (await job.step("pins-check")).summary;
}

/** A release that is published except for two packages that a person must approve. */
async function releasedWidget(github: GitHub): Promise<string> {
  const repository = github.addRepository("acme/widget");
  const tag = "v1.2.3";
  const { sha } = github.addCommit(repository, { ref: `refs/tags/${tag}` });
  const run = github.addRun({ repository: repository.fullName, headSha: sha, headBranch: `refs/tags/${tag}` });
  const sha256 = (name: string): string => createHash("sha256").update(name).digest("hex");
  const plan = makeManifest({ version: "1.2.3", repository: repository.fullName, sha256 });
  const files = new Map(Object.keys(plan["artifacts"] as object).map((name) => [name, Buffer.from(name)]));
  await createPlainRelease(github, repository, github.token(repository, { contents: "write" }), tag, files);
  await uploadArtifact(github, run, "artifacts-dist-manifest", [["dist-manifest.json", JSON.stringify(plan)]]);
  const page = JSON.stringify({ ledger: 1, attempt: 1, rows: WIDGET_ROWS });
  await uploadArtifact(github, run, "ledger-release-1-a", [["ledger.json", page]]);
  await using job = await Job.open({ env: github.env(run, undefined, { permissions: { contents: "write" } }) });
  writeFileSync(job.file("plan.json"), JSON.stringify(plan));
  return (await job.step("release-notes", { inputs: { plan: "plan.json" } })).summary;
}

const DONE = { version: "1.2.3", state: "verified", at: "2026-11-02T03:04:05Z" };
const STAGED = { ...DONE, channel: "npm", state: "awaiting-approval" };
const WIDGET_ROWS = [
  { ...DONE, channel: "homebrew", name: "acme/tap/widget" },
  { ...DONE, channel: "helm", name: "ghcr.io/acme/charts/widget" },
  { ...DONE, channel: "image", name: "ghcr.io/acme/widget" },
  { ...STAGED, name: "@acme/widget-linux-x64", approve: "npm stage approve 0b5e6c1e" },
  { ...STAGED, name: "@acme/widget", approve: "npm stage approve 7d2f4a90" },
];
