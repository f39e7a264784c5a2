import { findProducts } from "@release-actions/macos-product";
import { notarize, parseSubmissions, realWorld, type Submission } from "@release-actions/notary";
import { countOf, Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { readCredentials } from "./credentials.ts";
import { keep, keepLog, readKept } from "./keep.ts";
import { planJobs } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { openService } from "./service.ts";
import { stapleTicket } from "./staple.ts";
import { type Outcome, rowsOf, summarizeOutcomes } from "./summary.ts";

/** Checks the files, submits them or resumes a submission, waits, verifies, staples, and writes the summary. */
export async function notarizeProducts(runner: ActionRunner): Promise<void> {
  const { inputs } = runner;
  if (inputs.path.length === 0) {
    throw new Fault("input `path` is required and was not given, or is empty", {
      advice: "Name the files to notarize, one path or pattern per line.",
    });
  }
  const logDir = inputs["log-dir"];
  runner.setOutput("log-dir", logDir);
  const credentials = readCredentials(inputs);
  const earlier = [
    ...parseSubmissions(inputs.submissions ?? "", "the input `submissions`"),
    ...(await readKept(logDir)),
  ];
  const products = await findProducts(inputs.path, process.cwd());
  const checked = await preflight(runner, products);
  const jobs = await planJobs(checked, await runner.tempFolder("submission"));

  const world = realWorld(runner, runner.env, runner.signal);
  const service = await openService(runner, credentials, world);
  runner.info(`${countOf(jobs.length, "submission")} by ${service.name}`);
  let recording: Promise<void> = Promise.resolve();
  const record = (submissions: readonly Submission[]): Promise<void> => {
    recording = recording.then(() => keep(logDir, submissions));
    const rows = submissions.flatMap((submission) =>
      jobs.filter(({ sha256 }) => sha256 === submission.sha256).flatMap((job) => rowsOf(job, submission)),
    );
    runner.setOutput("submissions", rows);
    return recording;
  };
  const deadline = Date.now() + inputs.timeout * 1000;
  const options = { service, world, earlier, record, wait: inputs.wait, deadline };
  const results = await notarize(jobs, options).catch((error: unknown) => {
    runner.setOutput("status", "pending");
    throw error;
  });

  const outcomes: Outcome[] = [];
  for (const result of results) {
    const log = result.log && (await keepLog(logDir, result.submission.id, result.log.document));
    const stapled = new Map<string, string>();
    for (const { product } of result.verdict === "accepted" ? result.job.products : []) {
      stapled.set(product.path, await stapleTicket(runner, product));
    }
    outcomes.push({ ...result, logFile: log, stapled });
  }
  summarizeOutcomes(runner, outcomes);
}
