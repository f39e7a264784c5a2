import type { Expr } from "@actions/expressions";
import { ExpressionFault, parseExpression } from "@release-actions/workflow";
import { cached } from "./cached.ts";

/** A segment of a text with `${{ }}`: literal text or an expression. */
export type Segment = { readonly text: string } | { readonly expression: Expr; readonly source: string };

const KNOWN = new Map<string, readonly Segment[]>();

/** An expression up to its `}}`; a `}}` inside quotes does not end it. */
const EXPRESSION = /\$\{\{((?:'[^']*'|[^'])*?)\}\}/;

/** Splits a text with `${{ }}` into segments. The result is cached. */
export function templateOf(text: string): readonly Segment[] {
  return cached(KNOWN, text, () =>
    // Every second part is what the pattern has in parentheses.
    text.split(EXPRESSION).flatMap((part, index): Segment[] => {
      if (index % 2 === 1) return [{ expression: parseExpression(part.trim()), source: part.trim() }];
      if (part.includes("${{")) throw new ExpressionFault(`"${text}" has a \${{ without its }}`);
      return part === "" ? [] : [{ text: part }];
    }),
  );
}
