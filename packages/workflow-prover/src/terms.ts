import type { Expr } from "@actions/expressions";
import { Binary, FunctionCall, Grouping, Literal, Logical } from "@actions/expressions/ast";
import { functionOf, partsOf, pathOf } from "@release-actions/workflow";
import type { Automaton } from "./language/automaton.ts";
import { containing, endingWith, equalTo, partOf, startingWith } from "./language/patterns.ts";
import {
  constantItems,
  formatted,
  literalOf,
  merge,
  type Operand,
  opaque,
  openKeyOf,
  openVariable,
  type Shape,
  textOf,
} from "./operand.ts";
import { ReadPaths } from "./read-paths.ts";
import type { Segment } from "./template.ts";
import { addConstant, addExample, addPredicate, linkTerms, newTerm, type Term } from "./term.ts";
import type { Scope, Variable } from "./variable.ts";

/** Collects from expressions everything that determines which values must be tried. */
export class Terms {
  readonly paths = new ReadPaths();
  readonly #terms = new Map<string, Term>();
  readonly #computed = new Set<readonly Segment[]>();
  #scope: Scope = { meaning: () => ({ kind: "object" }) };

  get all(): ReadonlyMap<string, Term> {
    return this.#terms;
  }

  /** @param scope the scope of the expression, which gives its paths their meanings */
  add(expression: Expr, scope: Scope): void {
    this.#within(scope, () => this.#add(expression));
  }

  #within<T>(scope: Scope, work: () => T): T {
    const outer = this.#scope;
    this.#scope = scope;
    try {
      return work();
    } finally {
      this.#scope = outer;
    }
  }

  #add(expression: Expr): void {
    if (expression instanceof Binary) this.#compare(expression);
    else if (expression instanceof FunctionCall) this.#call(expression);
    const path = pathOf(expression);
    if (path !== undefined || openKeyOf(expression) !== undefined) this.#operand(expression);
    if (path === undefined) for (const part of partsOf(expression)) this.#add(part);
    // An index whose value is known only in a run is an expression that may read other paths.
    else if (path.includes("[]")) for (const part of partsOf(expression)) if (pathOf(part) !== path) this.#add(part);
  }

  term(variable: Variable): Term {
    const known = this.#terms.get(variable.key);
    if (known !== undefined) return known;
    const term = newTerm(variable);
    this.#terms.set(variable.key, term);
    return term;
  }

  #compare({ left, right, operator }: Binary): void {
    const [one, other] = [this.#operand(left), this.#operand(right)];
    const isEquality = /^[=!]=$/.test(operator.lexeme);
    for (const a of one.shapes) for (const b of other.shapes) this.#relate(a, b, isEquality);
    for (const [operand, against] of [
      [one, other],
      [other, one],
    ] as const) {
      for (const variable of operand.opaque)
        this.#leaveOpen(variable, [...against.shapes, ...operand.shapes], "is part of a computed value");
    }
  }

  #relate(a: Shape, b: Shape, isEquality: boolean): void {
    if ("constant" in a) {
      if (!("constant" in b)) this.#relate(b, a, isEquality);
      return;
    }
    const term = this.term(a.variable);
    if ("constant" in b) {
      addConstant(term, a, b.constant);
      if (!isEquality && typeof b.constant === "string") term.open ??= "is compared by its order";
      return;
    }
    const other = this.term(b.variable);
    if (!isEquality) {
      term.open ??= "is compared by its order";
      other.open ??= "is compared by its order";
      return;
    }
    linkTerms(term, a, other, b);
  }

  #call(call: FunctionCall): void {
    const name = functionOf(call);
    const [first, second] = call.args;
    if (first === undefined || second === undefined) return;
    const [one, two] = [this.#operand(first), this.#operand(second)];
    if (name === "startswith" || name === "endswith") {
      this.#part(one, two, name === "startswith" ? startingWith : endingWith, (text) =>
        name === "startswith" ? [text, `${text}x`, `${text}1.2.3`] : [text, `x${text}`, `v1.2.3${text}`],
      );
    } else if (name === "contains") {
      const items = constantItems(first);
      if (items !== undefined) {
        for (const shape of two.shapes) {
          if ("constant" in shape) continue;
          for (const item of items) addConstant(this.term(shape.variable), shape, item);
        }
        for (const variable of two.opaque) this.#leaveOpen(variable, [], "is part of a computed value");
        return;
      }
      this.#part(one, two, containing, (text) => [text, `x${text}x`, `v1.2.3${text}.1`]);
    }
  }

  /** Adds a call such as `startsWith(a, b)`, in which `a` or `b` is a constant. */
  #part(
    whole: Operand,
    piece: Operand,
    automaton: (text: string) => Automaton,
    examples: (text: string) => string[],
  ): void {
    for (const a of whole.shapes) {
      for (const b of piece.shapes) {
        if ("constant" in b) {
          if ("constant" in a) continue;
          const term = this.term(a.variable);
          const text = textOf(b.constant);
          if (a.variable.type.kind === "list") term.texts.add(text);
          else if (text !== "") {
            addPredicate(term, a, automaton(text), text);
            for (const example of examples(text)) addExample(term, a, example);
          }
        } else if ("constant" in a) {
          const term = this.term(b.variable);
          // This predicate covers `contains` exactly. It does not cover `startsWith` and `endsWith`, which are left open.
          term.predicates.push(partOf(textOf(a.constant)));
          if (automaton !== containing) term.open ??= "is the shorter part of a comparison";
          for (const part of textOf(a.constant).split(/[\s,|]+/)) addPredicate(term, b, equalTo(part), part);
        } else {
          this.#leaveOpen(a.variable, [], `is compared in parts with ${b.variable.key}`);
          this.#leaveOpen(b.variable, [], `is compared in parts with ${a.variable.key}`);
        }
      }
    }
    for (const variable of [...whole.opaque, ...piece.opaque])
      this.#leaveOpen(variable, [...whole.shapes, ...piece.shapes], "is part of a computed value");
  }

  /** Marks a variable whose influence cannot be computed: likely values are tried, but they prove nothing. */
  #leaveOpen(variable: Variable, shapes: readonly Shape[], why: string): void {
    const term = this.term(variable);
    if (variable.type.kind === "choice") return; // All its values are tried anyway.
    term.open ??= why;
    for (const shape of shapes)
      if ("constant" in shape) addConstant(term, { kind: "variable", variable }, shape.constant);
  }

  #operand(expression: Expr): Operand {
    if (expression instanceof Literal) return { shapes: [{ constant: literalOf(expression) }], opaque: [] };
    if (expression instanceof Grouping) return this.#operand(expression.group);
    if (expression instanceof Logical) return merge(expression.args.map((arg) => this.#operand(arg)));
    const path = pathOf(expression);
    if (path !== undefined) return this.#path(path);
    const open = openKeyOf(expression);
    if (open !== undefined) {
      const variable = openVariable(open);
      this.term(variable);
      return {
        shapes: [{ kind: "variable", variable }],
        opaque: opaque(partsOf(expression).map((part) => this.#operand(part))).opaque,
      };
    }
    if (expression instanceof FunctionCall) return this.#result(expression);
    // Comparisons and `!` give booleans; their parts are added separately.
    return { shapes: [], opaque: [] };
  }

  #path(path: string): Operand {
    this.paths.add(path);
    const meaning = this.#scope.meaning(path);
    switch (meaning.kind) {
      case "object":
        return { shapes: [], opaque: [] };
      case "value":
        return { shapes: [{ constant: meaning.value }], opaque: [] };
      case "variable":
        this.term(meaning.variable);
        return { shapes: [meaning], opaque: [] };
      case "computed":
        return this.#within(meaning.scope, () => this.#template(meaning.template));
    }
  }

  #template(template: readonly Segment[]): Operand {
    const isKnown = this.#computed.has(template);
    this.#computed.add(template);
    const operands = template.map((segment): Operand => {
      if ("text" in segment) return { shapes: [{ constant: segment.text }], opaque: [] };
      if (!isKnown) this.#add(segment.expression);
      return this.#operand(segment.expression);
    });
    const [only] = operands;
    if (operands.length === 1 && only !== undefined) return only;
    return formatted([{ shapes: [{ constant: operands.map((_, n) => `{${n}}`).join("") }], opaque: [] }, ...operands]);
  }

  #result(call: FunctionCall): Operand {
    const operands = call.args.map((arg) => this.#operand(arg));
    switch (functionOf(call)) {
      case "format":
        return formatted(operands);
      case "case":
        return merge(operands.filter((_, index) => index % 2 === 1 || index === operands.length - 1));
      case "tojson":
      case "fromjson":
      case "join":
        return opaque(operands);
      default:
        return { shapes: [], opaque: [] };
    }
  }
}
