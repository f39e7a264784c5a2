import path from "node:path";
import { MARKS, type Mark } from "@release-actions/action-kit";
import type { ListedSubmission, NotaryOutcome, Submission } from "@release-actions/notary";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { PlannedJob } from "./plan.ts";

export interface Outcome extends NotaryOutcome<PlannedJob> {
  /** Apple's log, when there is one. */
  readonly logFile: string | undefined;
  /** The result of stapling, by the path of the product. */
  readonly stapled: ReadonlyMap<string, string>;
}

/** From best to worst; the worst of all files is the status. */
const VERDICTS = ["accepted", "pending", "unverified", "invalid", "rejected"] as const;

/** One row of the output `submissions`: one of the user's files, and the submission that contains it. */
export interface Row extends Submission {
  readonly file: string;
  readonly status: (typeof VERDICTS)[number];
  readonly log: string | undefined;
  readonly cdhashes: readonly string[];
}

export function rowsOf({ products }: PlannedJob, submission: Submission, log?: string): Row[] {
  const { stage } = submission;
  const status = stage === "created" || stage === "uploaded" ? "pending" : stage;
  return products.map(({ product, cdhashes }) => {
    return { ...submission, file: path.relative(process.cwd(), product.path), status, log, cdhashes };
  });
}

/** Sets the outputs and shows every problem that Apple reports; fails the step unless Apple accepted everything. */
export function summarizeOutcomes(runner: ActionRunner, outcomes: readonly Outcome[]): void {
  const rows = outcomes.flatMap(({ job, submission, logFile }) => rowsOf(job, submission, logFile));
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
  writeSummary(runner, outcomes, rows);
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

function writeSummary(runner: ActionRunner, outcomes: readonly Outcome[], rows: readonly Row[]): void {
  const stapled = new Map(outcomes.flatMap((outcome) => [...outcome.stapled]));
  const worstFirst = rows.toSorted((a, b) => VERDICTS.indexOf(b.status) - VERDICTS.indexOf(a.status));
  const counts = [...Map.groupBy(worstFirst, ({ status }) => status)].map(
    ([status, { length }]) => `${countOf(length, "file")} ${status}`,
  );
  const mark = (status: Row["status"]): Mark =>
    status === "accepted" ? "success" : status === "pending" ? (runner.inputs.wait ? "error" : "waiting") : "error";
  runner.summary
    .verdict(mark(worstFirst[0]?.status ?? "pending"), `Notarization: ${counts.join(", ")}`)
    .findings(
      outcomes
        .flatMap(({ complaints }) => complaints)
        .map(({ level, message, advice = "" }) => ({ level, message: [message, advice].filter(Boolean).join("\n") })),
    )
    .table(
      ["", "file", "verdict", "submission", "code hashes", "ticket"],
      worstFirst.map(({ status, file, id, cdhashes }) => [
        MARKS[mark(status)],
        `\`${file}\``,
        status,
        `\`${id}\``,
        cdhashes.map((cdhash) => `\`${cdhash.slice(0, 12)}\``).join(" "),
        stapled.get(path.resolve(file)) ?? "-",
      ]),
    );
}

/** Shows the team's recent submissions, the newest first, as Apple lists them. */
export function summarizeHistory(runner: ActionRunner, history: readonly ListedSubmission[]): void {
  runner.info(countOf(history.length, "submission"));
  for (const { id, status, createdDate, name } of history) runner.info(`${createdDate}  ${id}  ${status}  ${name}`);
  runner.setOutput("history", history);
  runner.summary.verdict("success", `Submissions to Apple: ${history.length}`).table(
    ["created", "submission", "status", "name"],
    history.map(({ id, status, createdDate, name }) => [createdDate, `\`${id}\``, status, name]),
  );
}
