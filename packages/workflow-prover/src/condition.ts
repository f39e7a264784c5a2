import type { Expr } from "@actions/expressions";
import type { Location } from "@release-actions/report";
import { functionsIn, parseExpression, STATUS_FUNCTIONS, type YamlNode } from "@release-actions/workflow";
import { type Segment, templateOf } from "./template.ts";

/** An `if`, as GitHub reads it. */
export interface Condition {
  readonly expression: Expr;
  /** The condition as written, on one line, for messages. */
  readonly text: string;
  /** Whether it calls a status function; if not, `success()` is implied. */
  readonly asksForStatus: boolean;
  /** Why the condition is always true, whatever its expressions evaluate to; undefined if they matter. */
  readonly alwaysTrue: "text" | "line feed" | undefined;
  readonly location: Location & { readonly line: number };
}

const KNOWN = new WeakMap<YamlNode, Condition | undefined>();

/** The `if` of a job or a step. It is cached, since a job is examined for every event. */
export function conditionOf(owner: YamlNode): Condition | undefined {
  if (!KNOWN.has(owner)) KNOWN.set(owner, readCondition(owner.get("if")));
  return KNOWN.get(owner);
}

/**
 * Reads an `if`. `${{ }}` around the whole condition makes no difference. If anything else is beside it, even a line feed,
 * the value is a string, and a string that is not empty is true (docs: "Evaluate expressions", `if` conditionals).
 *
 * @returns undefined when there is no condition
 * @throws ExpressionFault when GitHub could not evaluate it
 */
export function readCondition(node: YamlNode): Condition | undefined {
  const text = node.text;
  if (text === undefined || text.trim() === "") return undefined;
  const { location } = node;
  const shown = text.trim().replaceAll(/\s+/g, " ");
  const make = (expression: Expr, alwaysTrue: Condition["alwaysTrue"]): Condition => ({
    expression,
    text: shown,
    asksForStatus: functionsIn(expression).some((name) => STATUS_FUNCTIONS.includes(name)),
    alwaysTrue,
    location,
  });
  if (!text.includes("${{")) return make(parseExpression(text), undefined);
  const segments = templateOf(text);
  const [only] = segments;
  if (segments.length === 1 && only !== undefined && "expression" in only) return make(only.expression, undefined);
  const isBlank = segments.every((segment) => "expression" in segment || segment.text.trim() === "");
  const expressions = segments.filter((segment) => "expression" in segment).length;
  return make(formatOf(segments), isBlank && expressions === 1 ? "line feed" : "text");
}

/** GitHub converts a string with several segments to a call of `format`. */
function formatOf(segments: readonly Segment[]): Expr {
  const sources: string[] = [];
  const template = segments.map((segment) => {
    if ("text" in segment) return segment.text.replaceAll("'", "''").replaceAll("{", "{{").replaceAll("}", "}}");
    sources.push(segment.source);
    return `{${sources.length - 1}}`;
  });
  return parseExpression(`format('${template.join("")}'${sources.map((source) => `, ${source}`).join("")})`);
}
