import type { Location } from "@release-actions/report";
import type { YamlNode } from "@release-actions/yaml";
import { ExpressionFault, parseExpression, pathsIn as pathsOf } from "./expression.ts";
import type { Workflow } from "./workflow.ts";

/** A secret that a workflow reads, by the name it has in the repository's settings. */
export interface UsedSecret {
  readonly name: string;
  readonly location: Location & { readonly line: number };
}

/** Keys whose value is a condition also without `${{ }}`. */
const CONDITION = "if";

/**
 * The secrets that a workflow reads from the repository, in upper case as the settings show them. Not among
 * them: the token that every run has, and what a caller of a reusable workflow hands over under its own name.
 */
export function secretsOf(workflow: Workflow): UsedSecret[] {
  const handedOver = workflow.root.get("on").get("workflow_call").get("secrets").entries();
  const ignored = new Set(["GITHUB_TOKEN", ...handedOver.map(([name]) => name.toUpperCase())]);
  return namesIn(workflow.root).filter(({ name }) => !ignored.has(name));
}

/** Whether a job passes on all secrets there are, so that nobody can tell which are used. */
export function inheritsSecrets({ jobs }: Workflow): boolean {
  return jobs.some(({ node }) => node.get("secrets").text === "inherit");
}

function namesIn(node: YamlNode, key = ""): UsedSecret[] {
  if (node.isMap) return node.entries().flatMap(([name, value]) => namesIn(value, name));
  if (node.isList) return node.items().flatMap((item) => namesIn(item));
  const text = node.text ?? "";
  const expressions = [...text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)].map(([, inner = ""]) => inner);
  if (key === CONDITION && expressions.length === 0) expressions.push(text);
  const names = expressions.flatMap(pathsIn).flatMap((path) => /^secrets\.([\w-]+)$/.exec(path)?.[1] ?? []);
  return [...new Set(names)].map((name) => ({ name: name.toUpperCase(), location: node.location }));
}

function pathsIn(expression: string): string[] {
  try {
    return pathsOf(parseExpression(expression));
  } catch (error) {
    if (error instanceof ExpressionFault) return []; // GitHub refuses it as well; it reads nothing.
    throw error;
  }
}
