import type { Workflow } from "@release-actions/workflow";
import { readCondition } from "@release-actions/workflow-prover";
import type { Promised } from "./contract.ts";
import { isNamed } from "./find-job.ts";
import { type Finding, finding } from "./finding.ts";

/**
 * Conditions that are always true, whatever they seem to say: GitHub treats a value with anything outside of `${{ }}`
 * as a string, and a string that is not empty as true.
 *
 * @param promises the jobs that a contract names, for which this is an error
 */
export function checkConditions(workflow: Workflow, promises: readonly Promised[]): Finding[] {
  return workflow.jobs.flatMap((job) =>
    [job.node, ...job.steps.map(({ node }) => node)].flatMap((node): Finding[] => {
      const condition = readCondition(node.get("if"));
      if (condition?.alwaysTrue === undefined) return [];
      const { alwaysTrue, text, location } = condition;
      const promised = promises.find(
        (each) => each.job === job.id && (each.workflow === undefined || isNamed(workflow.file, each.workflow)),
      );
      const level = promised === undefined ? "warning" : "error";
      const why =
        alwaysTrue === "text"
          ? "text around `${{ }}` turns the condition into text. Put all of it between one `${{` and `}}`, or remove both"
          : "the block scalar adds a line feed after `${{ }}`. Write `|-` instead of `|`, or remove `${{` and `}}`";
      const message = `\`if: ${text}\` is always true: ${why}`;
      return [finding(level, "always-true", promised?.name ?? job.id, message, location)];
    }),
  );
}
