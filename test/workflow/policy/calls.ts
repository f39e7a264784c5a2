import { readWorkflow, type Workflow, type YamlNode } from "@release-actions/workflow";
import type { RepositoryFile } from "../repository-files.ts";
import { type Finding, findingAt } from "./finding.ts";

/** Finds the workflow that a `uses:` of a job names; undefined if it is not in this repository. */
export type FindWorkflow = (uses: string) => RepositoryFile | undefined;

const LEVELS = ["none", "read", "write"];

/**
 * Finds what GitHub refuses only when a workflow starts: an input or a secret that the called workflow does not
 * declare, a required one that is missing, and a permission of its jobs that the calling job does not have.
 */
export function checkCalls({ file, text }: RepositoryFile, find: FindWorkflow): Finding[] {
  const workflow = readWorkflow(text, file);
  return workflow.jobs.flatMap(({ node, uses }) => {
    const called = uses === undefined ? undefined : find(uses);
    if (called === undefined) return [];
    const callee = readWorkflow(called.text, called.file);
    const interfaceOf = callee.root.get("on").get("workflow_call");
    const inherits = node.get("secrets").text === "inherit";
    return [
      ...checkNames(node.get("with"), interfaceOf.get("inputs"), "input"),
      ...(inherits ? [] : checkNames(node.get("secrets"), interfaceOf.get("secrets"), "secret")),
      ...checkPermissions(node, workflow, callee),
    ];
  });
}

function checkNames(given: YamlNode, declared: YamlNode, what: string): Finding[] {
  const names = declared.entries().map(([name]) => name);
  const isGiven = (name: string): boolean => given.entries().some(([key]) => key === name);
  const missing = declared.entries().filter(([name, node]) => node.get("required").value === true && !isGiven(name));
  return [
    ...given
      .entries()
      .filter(([name]) => !names.includes(name))
      .map(([name, node]) => findingAt(node, `the called workflow has no ${what} ${name}`)),
    ...missing.map(([name]) => findingAt(given, `the called workflow needs the ${what} ${name}`)),
  ];
}

function checkPermissions(caller: YamlNode, workflow: Workflow, callee: Workflow): Finding[] {
  const own = caller.get("permissions");
  const granted = levelsOf(own.isPresent ? own : workflow.root.get("permissions"));
  return callee.jobs.flatMap((job) =>
    [...levelsOf(job.node.get("permissions"))]
      .filter(([scope, level]) => LEVELS.indexOf(level) > LEVELS.indexOf(granted.get(scope) ?? "none"))
      .map(([scope, level]) => findingAt(caller, `${callee.file}: job ${job.id} asks for ${scope}: ${level}`)),
  );
}

function levelsOf(permissions: YamlNode): Map<string, string> {
  return new Map(permissions.entries().map(([scope, node]) => [scope, node.text ?? ""]));
}
