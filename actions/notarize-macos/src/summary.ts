import path from "node:path";
import type { NotaryOutcome, Submission } from "@release-actions/notary";
import type { ActionRunner } from "./action.gen.ts";
import type { PlannedJob } from "./plan.ts";

export interface Outcome extends NotaryOutcome {
  readonly job: PlannedJob;
  /** Apple's log, when there is one. */
  readonly logFile: string | undefined;
  /** What became of the ticket, by the path of the product. */
  readonly stapled: ReadonlyMap<string, string>;
}

/** From best to worst; the worst of all files is the status. */
const VERDICTS = ["accepted", "pending", "unverified", "invalid", "rejected"] as const;

/** One row of the output `submissions`: a file of the user's and the submission it is in. */
export interface Row extends Submission {
  readonly file: string;
  readonly status: (typeof VERDICTS)[number];
  readonly log: string | undefined;
  readonly cdhashes: readonly string[];
}

export function describeRows(
  jobs: readonly PlannedJob[],
  submissions: readonly Submission[],
  logs: ReadonlyMap<string, string> = new Map(),
): Row[] {
  return submissions.flatMap((submission) => {
    const job = jobs.find(({ sha256 }) => sha256 === submission.sha256);
    const { stage } = submission;
    const status = stage === "created" || stage === "uploaded" ? "pending" : stage;
    return (job?.products ?? []).map(({ product, cdhashes }) => ({
      ...submission,
      file: path.relative(process.cwd(), product.path),
      status,
      log: logs.get(submission.id),
      cdhashes,
    }));
  });
}

/** Sets the outputs and shows every complaint; fails the step unless Apple has accepted everything. */
export function summarizeOutcomes(runner: ActionRunner, outcomes: readonly Outcome[]): void {
  const logs = new Map(
    outcomes.flatMap(({ submission, logFile }) => (logFile === undefined ? [] : [[submission.id, logFile]])),
  );
  const rows = describeRows(
    outcomes.map(({ job }) => job),
    outcomes.map(({ submission }) => submission),
    logs,
  );
  const worst = Math.max(...outcomes.map(({ verdict }) => VERDICTS.indexOf(verdict)));
  const status = VERDICTS[worst] ?? "pending";
  runner.setOutput("submissions", rows);
  runner.setOutput("status", status);

  for (const { job, complaints, submission } of outcomes) {
    const [first] = job.products;
    for (const { level, message, advice } of complaints) {
      const location =
        job.products.length === 1 && first !== undefined ? { location: { file: first.product.path } } : {};
      const text = [message, advice].filter((part) => part !== undefined).join("\n");
      runner.problem({ level, title: `Apple, ${submission.id}`, message: text, ...location });
    }
  }
  tellSummary(runner, outcomes, rows);
  const notAccepted = outcomes.filter(
    ({ verdict }) => verdict !== "accepted" && (runner.inputs.wait || verdict !== "pending"),
  );
  if (notAccepted.length > 0 && notAccepted.every(({ verdict }) => verdict === "unverified")) {
    runner.fail("Apple accepted something other than what was submitted, see above", "Do not ship these files.");
  } else if (notAccepted.length > 0) {
    const said = notAccepted.map(({ job, verdict }) => `${job.name}: ${verdict}`).join(", ");
    runner.fail(`Apple has not accepted everything: ${said}`, `Apple's logs are in ${runner.inputs["log-dir"]}.`);
  }
}

function tellSummary(runner: ActionRunner, outcomes: readonly Outcome[], rows: readonly Row[]): void {
  const stapled = new Map(outcomes.flatMap((outcome) => [...outcome.stapled]));
  runner.summary.heading("Notarization");
  runner.summary.table(
    ["file", "verdict", "submission", "code hashes", "ticket"],
    rows.map(({ file, status, id, cdhashes }) => [
      `\`${file}\``,
      status,
      `\`${id}\``,
      cdhashes.map((cdhash) => `\`${cdhash.slice(0, 12)}\``).join(" "),
      stapled.get(path.resolve(file)) ?? "-",
    ]),
  );
  const complaints = outcomes.flatMap((outcome) => outcome.complaints);
  if (complaints.length > 0) {
    const lines = complaints.map(({ level, message, advice }) => [level, message, advice ?? "-"]);
    runner.summary.table(["", "what Apple says", "what to do"], lines);
  }
}
