import type { Step, YamlNode } from "@release-actions/workflow";
import { type Finding, findingAt } from "./finding.ts";
import { type Known, ownAction } from "./uses.ts";

/**
 * Checks every `steps.<id>.outputs.<name>` in the expressions below `scope`: the step must exist and set the output.
 * The outputs of third-party actions are not known. A script sets the outputs that it writes to GITHUB_OUTPUT.
 */
export function checkStepOutputs(scope: YamlNode, steps: readonly Step[], known: Known): Finding[] {
  const text = JSON.stringify(scope.value);
  const references = [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)];
  return references.flatMap(([reference, id = "", output = ""]) => {
    const step = steps.find(({ node }) => node.get("id").text === id);
    if (step === undefined) return [findingAt(scope, `${reference}: there is no step ${id}`)];
    return sets(step, output, known) ? [] : [findingAt(step, `${reference} is read, but the step never sets it`)];
  });
}

function sets(step: Step, output: string, { actions }: Known): boolean {
  if (step.run !== undefined)
    return step.run.includes("GITHUB_OUTPUT") && new RegExp(`\\b${output}(=|<<)`).test(step.run);
  const action = actions.get(ownAction(step.uses ?? "") ?? "");
  return action === undefined || action.outputs.has(output);
}
