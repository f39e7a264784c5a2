import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Result } from "./rewrite-all.ts";

/** Sets the outputs (also after a failure) and writes the result to the log and the summary. */
export function summarize(runner: ActionRunner, { outcomes, problems }: Result): void {
  const { mode } = runner.inputs;
  const target = mode === "reverse" ? "githubUrl" : "gatewayUrl";
  const source = mode === "reverse" ? "gatewayUrl" : "githubUrl";
  const changed = outcomes.reduce((sum, outcome) => sum + outcome.changed.length, 0);
  const alreadyRight = outcomes.reduce((sum, outcome) => sum + outcome.alreadyRight.length, 0);
  runner.setOutput("count", changed + alreadyRight);
  runner.setOutput("changed", changed);
  runner.setOutput(
    "urls",
    outcomes.flatMap(({ document, changed, alreadyRight }) => [
      ...changed.map((url) => ({ file: document.name, line: url.line, from: url[source], to: url[target] })),
      ...alreadyRight.map((url) => ({ file: document.name, line: url.line, from: url[target], to: url[target] })),
    ]),
  );

  for (const { document, changed } of outcomes) {
    for (const url of changed) runner.info(`${document.name}:${url.line}: ${url[source]} -> ${url[target]}`);
  }
  const failed = problems.some((problem) => problem.level === "error");
  const done = failed || mode === "check" || mode === "print" ? "to rewrite" : "rewritten";
  runner.info(`${countOf(changed, "URL")} ${done}, ${alreadyRight} were right already`);
  const errors = problems.filter((problem) => problem.level === "error").length;
  const place = mode === "reverse" ? "Downloads back on GitHub" : "Downloads through the gateway";
  const said =
    errors > 0 ? countOf(errors, "finding") : `${countOf(changed, "URL")} ${done}, ${alreadyRight} right already`;
  const next =
    mode === "check"
      ? "Run this action with `mode: write` and commit what it changes."
      : "Nothing was written. Correct the gateway, or the inputs, and run this again.";
  runner.summary
    .verdict(failed ? "error" : "success", `${place}: ${said}`)
    .findings(problems)
    .next(failed ? next : "")
    .table(
      ["file", done, "right already"],
      outcomes.map(({ document, changed, alreadyRight }) => [
        `\`${document.name}\``,
        changed.length,
        alreadyRight.length,
      ]),
    );
  for (const problem of problems) runner.problem(problem);
  if (failed) runner.fail(`${countOf(errors, "finding")}, see the annotations`, next);
}
