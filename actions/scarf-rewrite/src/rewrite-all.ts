import { workspaceFolder } from "@release-actions/action-kit";
import { forEachLimited } from "@release-actions/concurrency";
import {
  type Download,
  fileFilter,
  type Gateway,
  parseGateway,
  parseRepository,
  type Rewritten,
  rewriteUrls,
  verifyRedirect,
} from "@release-actions/download-urls";
import { openRest } from "@release-actions/github-rest";
import { createFetch, createTransport } from "@release-actions/http";
import { countOf, type Problem } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { type Document, RewriteError, readFiles, readNotes } from "./documents.ts";

/** A document, with the URLs that were changed (or would be) and those that were already right. */
export interface Outcome {
  readonly document: Document;
  readonly changed: readonly Download[];
  readonly alreadyRight: readonly Download[];
}

export interface Result {
  readonly outcomes: readonly Outcome[];
  readonly problems: readonly Problem[];
}

/** How many URLs are verified at a time. */
const MAX_PARALLEL = 8;

/**
 * Rewrites all documents or none: reads all, and counts and verifies all URLs, before it writes the first.
 * The notes of the release come last, because only they become public at once.
 */
export async function rewriteAll(runner: ActionRunner): Promise<Result> {
  const { inputs } = runner;
  const repository = parseRepository(inputs.repository ?? "", runner.env["GITHUB_SERVER_URL"]);
  const gateway = parseGateway(inputs.gateway, repository);
  const documents = await readDocuments(runner);
  const isWanted = fileFilter(inputs.include, inputs.exclude);
  const direction = inputs.mode === "reverse" ? "to-github" : "to-gateway";
  const rewrite = (document: Document, text: string): Rewritten => {
    const formula = document.name.endsWith(".rb") ? { formula: { mirror: inputs.mirror } } : {};
    return rewriteUrls(text, { gateway, direction, isWanted, ...formula });
  };
  const rewritten = documents.map((document) => ({ document, ...rewrite(document, document.text) }));

  const problems = [
    ...(inputs.mode === "check" ? rewritten.flatMap(leftOver) : []),
    ...tooFew(rewritten, inputs.min, gateway, direction),
    ...(inputs.verify === "head" && direction === "to-gateway" ? await verifyAll(rewritten, runner) : []),
  ];
  if (problems.some((problem) => problem.level === "error") || inputs.mode === "check" || inputs.mode === "print") {
    return { outcomes: rewritten, problems };
  }
  for (const { document, text } of rewritten) {
    runner.signal.throwIfAborted();
    if (text !== document.text) await document.rewrite((now) => rewrite(document, now).text);
  }
  return { outcomes: rewritten, problems };
}

async function readDocuments(runner: ActionRunner): Promise<readonly Document[]> {
  const { inputs, env } = runner;
  if (inputs.files.length === 0 && inputs.release === undefined) {
    throw new RewriteError("neither `files` nor `release` is given, so there is nothing to rewrite");
  }
  const files = await readFiles(inputs.files, workspaceFolder(env));
  if (inputs.release === undefined) return files;
  const apiUrl = env["GITHUB_API_URL"] ?? "https://api.github.com";
  const services = { transport: createTransport(env), reporter: runner, signal: runner.signal };
  const rest = openRest({ apiUrl, token: inputs.token, ...services });
  return [...files, await readNotes(inputs.release, rest, inputs.repository ?? "")];
}

function leftOver({ document, changed }: Outcome): readonly Problem[] {
  return changed.map(({ line, file }) => ({
    level: "error",
    message: `${document.name}:${line}: the download of ${file} does not go through the gateway`,
    location: document.isFile ? { file: document.name, line } : undefined,
  }));
}

function tooFew(outcomes: readonly Outcome[], min: number, gateway: Gateway, direction: string): readonly Problem[] {
  const count = outcomes.reduce((sum, { changed, alreadyRight }) => sum + changed.length + alreadyRight.length, 0);
  if (count >= min) return [];
  const { owner, name } = gateway.repository;
  const where = direction === "to-gateway" ? `of ${owner}/${name}` : `through ${gateway.template}`;
  const names = outcomes.map(({ document }) => document.name).join(", ");
  const message = `found ${countOf(count, "download")} ${where} in ${names}, expected at least ${min} (input \`min\`)`;
  return [{ level: "error", message }];
}

async function verifyAll(outcomes: readonly Outcome[], runner: ActionRunner): Promise<readonly Problem[]> {
  const downloads = outcomes.flatMap(({ changed, alreadyRight }) => [...changed, ...alreadyRight]);
  const different = [...new Map(downloads.map((download) => [download.gatewayUrl, download])).values()];
  const total = different.length;
  const problems: Problem[] = [];
  let done = 0;
  await forEachLimited(different, MAX_PARALLEL, async (download) => {
    const problem = await verifyOne(download, runner);
    if (problem !== undefined) problems.push(problem);
    done += 1;
    runner.progress({ label: "asking the gateway", done, total, unit: "items" });
  });
  return problems;
}

async function verifyOne(
  { gatewayUrl, githubUrl }: Download,
  { env, signal }: ActionRunner,
): Promise<Problem | undefined> {
  // A URL with a script's placeholder cannot be requested.
  if (/[${}<>]/.test(gatewayUrl))
    return { level: "warning", message: `${gatewayUrl} has a placeholder and cannot be verified` };
  const verdict = await verifyRedirect(gatewayUrl, githubUrl, { fetch: createFetch(env), signal });
  return verdict.ok ? undefined : { level: "error", message: verdict.reason };
}
