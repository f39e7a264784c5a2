import type { Expr } from "@actions/expressions";
import { ExpressionFault, parseExpression } from "@release-actions/workflow";

/** A segment of a text with `${{ }}`: literal text or an expression. */
export type Segment = { readonly text: string } | { readonly expression: Expr; readonly source: string };

const KNOWN = new Map<string, readonly Segment[]>();

/** Splits a text with `${{ }}` into segments. The result is cached. */
export function templateOf(text: string): readonly Segment[] {
  const known = KNOWN.get(text);
  if (known !== undefined) return known;
  const segments = segmentsOf(text);
  KNOWN.set(text, segments);
  return segments;
}

function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = [];
  let rest = text;
  for (let open = rest.indexOf("${{"); open >= 0; open = rest.indexOf("${{")) {
    if (open > 0) segments.push({ text: rest.slice(0, open) });
    const length = expressionLength(rest.slice(open + 3));
    if (length === undefined) throw new ExpressionFault(`"${text}" has a \${{ without its }}`);
    const source = rest.slice(open + 3, open + 3 + length).trim();
    segments.push({ expression: parseExpression(source), source });
    rest = rest.slice(open + 3 + length + 2);
  }
  if (rest !== "") segments.push({ text: rest });
  return segments;
}

/** The length of an expression up to its `}}`, ignoring `}}` inside quotes. */
function expressionLength(text: string): number | undefined {
  let isQuoted = false;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "'") isQuoted = !isQuoted;
    if (!isQuoted && text.startsWith("}}", index)) return index;
  }
  return undefined;
}
