import { Evaluator, Lexer, Parser } from "@actions/expressions";
import { BooleanData, type Dictionary } from "@actions/expressions/data/index";
import { reviver } from "@actions/expressions/data/reviver";
import { truthy } from "@actions/expressions/result";
import type { Job, Workflow } from "@release-actions/workflow";
import type { PageEvent } from "./page-event.ts";

/**
 * Computes the result of each job of a workflow. It is an independent implementation of GitHub's documentation, which uses
 * no code of the prover, in order to test the prover.
 *
 * @param ends the result of a job that starts
 * @param cancelled whether somebody cancelled the run before a job
 */
export function interpret(
  workflow: Workflow,
  event: PageEvent,
  ends: (job: string) => string,
  cancelled: (job: string) => boolean,
): Map<string, string> {
  const results = new Map<string, string>();
  const outputs = new Map<string, Record<string, unknown>>();
  // "Workflow syntax", jobs.<job_id>.needs: a job starts after the jobs that it needs; the jobs are already in this order.
  for (const job of workflow.jobs) {
    const context = { ...event, needs: needsOf(job, results, outputs) };
    const before = ancestors(workflow, job);
    const isCancelled = [job.id, ...before].some(cancelled);
    const status = (name: string): boolean => {
      // "Evaluate expressions", status check functions.
      if (name === "always") return true;
      if (name === "cancelled") return isCancelled;
      if (name === "failure") return before.some((id) => results.get(id) === "failure");
      return !isCancelled && before.every((id) => results.get(id) === "success");
    };
    if (!holds(job.node.get("if").text, context, status)) {
      results.set(job.id, "skipped");
      continue;
    }
    const end = ends(job.id);
    // "Workflow syntax", jobs.<job_id>.continue-on-error: a failure does not count.
    const isTolerated = job.node.get("continue-on-error").value === true && end === "failure";
    results.set(job.id, isTolerated ? "success" : end);
    // "Workflow syntax", jobs.<job_id>.outputs: strings. Here every job that starts and does not fail sets its outputs.
    const declared = job.node.get("outputs").entries();
    outputs.set(job.id, Object.fromEntries(declared.map(([name, value]) => [name, output(value.text ?? "", context)])));
  }
  return results;
}

/** The direct and indirect needs of a job ("Using jobs in a workflow": a failure or skip applies to all later jobs of the chain). */
function ancestors({ jobs }: Workflow, job: Job): string[] {
  const direct = jobs.filter(({ id }) => job.needs.includes(id));
  return [...new Set(direct.flatMap((needed) => [needed.id, ...ancestors({ jobs } as Workflow, needed)]))];
}

/** The `needs` context ("Contexts reference", needs), which contains only the direct needs. */
function needsOf(job: Job, results: Map<string, string>, outputs: Map<string, Record<string, unknown>>): unknown {
  return Object.fromEntries(
    job.needs.map((id) => [
      id,
      { result: results.get(id), outputs: results.get(id) === "skipped" ? {} : (outputs.get(id) ?? {}) },
    ]),
  );
}

/** Whether an `if` is true ("Evaluate expressions": success() applies unless it calls a status function; a non-empty string is true). */
function holds(text: string | undefined, context: object, status: (name: string) => boolean): boolean {
  if (text === undefined || text.trim() === "") return status("success");
  const asksForStatus = /\b(success|failure|cancelled|always)\(\)/.test(text);
  if (!asksForStatus && !status("success")) return false;
  if (!text.includes("${{")) return truthy(evaluate(text, context, status));
  const whole = /^\$\{\{([\s\S]*)\}\}$/.exec(text)?.[1];
  // With anything beside `${{ }}` the condition is a string that is not empty.
  return whole === undefined ? true : truthy(evaluate(whole, context, status));
}

function output(text: string, context: object): string {
  const [, expression] = /^\$\{\{([\s\S]*)\}\}$/.exec(text) ?? [];
  return expression === undefined ? text : evaluate(expression, context, () => true).coerceString();
}

function evaluate(text: string, context: object, status: (name: string) => boolean) {
  const names = ["success", "failure", "always", "cancelled"];
  const functions = names.map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 255,
    call: () => new BooleanData(status(name)),
  }));
  const contexts = ["github", "inputs", "vars", "needs"];
  const expression = new Parser(new Lexer(text).lex().tokens, contexts, functions).parse();
  const data = JSON.parse(JSON.stringify(context), reviver) as Dictionary; // `JSON.parse` revives each object as a dictionary.
  return new Evaluator(expression, data, new Map(functions.map((one) => [one.name, one]))).evaluate();
}
