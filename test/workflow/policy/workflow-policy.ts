import { readWorkflow, type YamlNode } from "@release-actions/workflow";
import type { RepositoryFile } from "../repository-files.ts";
import { type Finding, findingAt } from "./finding.ts";
import { checkStepOutputs } from "./step-outputs.ts";
import { checkUses, type Known } from "./uses.ts";

/** The rules for our workflows beyond those of actionlint and zizmor. */
export function checkWorkflow({ file, text }: RepositoryFile, known: Known): Finding[] {
  const { root, jobs, triggers } = readWorkflow(text, file);
  const findings: Finding[] = [];
  if (!isEmptyMap(root.get("permissions"))) findings.push(findingAt(root, "`permissions: {}` is missing at the top"));
  const isCallable = triggers.some(({ event }) => event === "workflow_call");
  if (!isCallable && !root.get("concurrency").isPresent) findings.push(findingAt(root, "`concurrency` is missing"));
  if (isCallable && root.get("concurrency").isPresent) {
    findings.push(
      findingAt(root.get("concurrency"), "a called workflow that queues by itself can wait for its own caller"),
    );
  }
  for (const job of jobs) {
    const { node, steps, uses } = job;
    if (!node.get("permissions").isMap)
      findings.push(findingAt(job, `job ${job.id} has no \`permissions\` of its own`));
    if (uses === undefined && !node.get("timeout-minutes").isPresent) {
      findings.push(findingAt(job, `job ${job.id} has no \`timeout-minutes\``));
    }
    if (node.get("secrets").text === "inherit")
      findings.push(findingAt(node.get("secrets"), "secrets are named, not inherited"));
    findings.push(...checkUses(node, text, known), ...steps.flatMap((step) => checkUses(step.node, text, known)));
    findings.push(...steps.flatMap((step) => checkScript(step.node)), ...checkStepOutputs(node, steps, known));
  }
  return findings;
}

/** Finds expressions in scripts, which run the value as code (F135). Scripts must get values from their environment. */
export function checkScript(step: YamlNode): Finding[] {
  return [step.get("run"), step.get("with").get("script")]
    .filter((node) => node.text?.includes("${{"))
    .map((node) => findingAt(node, "a script contains an expression"));
}

function isEmptyMap(node: YamlNode): boolean {
  return node.isMap && node.entries().length === 0;
}
