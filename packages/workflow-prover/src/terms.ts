import type { Expr } from "@actions/expressions";
import { Binary, FunctionCall, Grouping, Literal, Logical } from "@actions/expressions/ast";
import { functionOf, partsOf, pathOf } from "@release-actions/workflow";
import { cached } from "./cached.ts";
import type { Automaton } from "./language/automaton.ts";
import { containing, endingWith, equalTo, partOf, startingWith } from "./language/patterns.ts";
import {
  constantItems,
  constantOperand,
  formatted,
  literalOf,
  merge,
  type Operand,
  opaque,
  openKeyOf,
  openVariable,
  type Shape,
  textOf,
  UNKNOWN,
} from "./operand.ts";
import { ReadPaths } from "./read-paths.ts";
import type { Segment } from "./template.ts";
import { addConstant, addExample, addPredicate, linkTerms, newTerm, type Term } from "./term.ts";
import type { Scope, Variable } from "./variable.ts";

/** Collects from expressions everything that determines which values must be tried. */
export class Terms {
  readonly paths = new ReadPaths();
  readonly all = new Map<string, Term>();
  readonly #computed = new Set<readonly Segment[]>();

  /** @param scope the scope of the expression, which gives its paths their meanings */
  add(expression: Expr, scope: Scope): void {
    if (expression instanceof Binary) this.#compare(expression, scope);
    else if (expression instanceof FunctionCall) this.#call(expression, scope);
    const path = pathOf(expression);
    if (path !== undefined || openKeyOf(expression) !== undefined) this.#operand(expression, scope);
    if (path === undefined) for (const part of partsOf(expression)) this.add(part, scope);
    // An index whose value is known only in a run is an expression that may read other paths.
    else if (path.includes("[]"))
      for (const part of partsOf(expression)) if (pathOf(part) !== path) this.add(part, scope);
  }

  /** Adds the expressions of a text with `${{ }}`. */
  addTemplate(template: readonly Segment[], scope: Scope): void {
    for (const segment of template) if ("expression" in segment) this.add(segment.expression, scope);
  }

  term(variable: Variable): Term {
    return cached(this.all, variable.key, () => newTerm(variable));
  }

  #compare({ left, right, operator }: Binary, scope: Scope): void {
    const [one, other] = [this.#operand(left, scope), this.#operand(right, scope)];
    const isEquality = /^[=!]=$/.test(operator.lexeme);
    for (const a of one.shapes) for (const b of other.shapes) this.#relate(a, b, isEquality);
    this.#leaveAllOpen(one, [...other.shapes, ...one.shapes]);
    this.#leaveAllOpen(other, [...one.shapes, ...other.shapes]);
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

  #call(call: FunctionCall, scope: Scope): void {
    const name = functionOf(call);
    const [first, second] = call.args;
    if (first === undefined || second === undefined) return;
    const [one, two] = [this.#operand(first, scope), this.#operand(second, scope)];
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
        this.#leaveAllOpen(two, []);
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
    const shapes = [...whole.shapes, ...piece.shapes];
    this.#leaveAllOpen(whole, shapes);
    this.#leaveAllOpen(piece, shapes);
  }

  #leaveAllOpen({ opaque: variables }: Operand, shapes: readonly Shape[]): void {
    for (const variable of variables) this.#leaveOpen(variable, shapes, "is part of a computed value");
  }

  /** Marks a variable whose influence cannot be computed: likely values are tried, but they prove nothing. */
  #leaveOpen(variable: Variable, shapes: readonly Shape[], why: string): void {
    const term = this.term(variable);
    if (variable.type.kind === "choice") return; // All its values are tried anyway.
    term.open ??= why;
    for (const shape of shapes)
      if ("constant" in shape) addConstant(term, { kind: "variable", variable }, shape.constant);
  }

  #operand(expression: Expr, scope: Scope): Operand {
    if (expression instanceof Literal) return constantOperand(literalOf(expression));
    if (expression instanceof Grouping) return this.#operand(expression.group, scope);
    if (expression instanceof Logical) return merge(expression.args.map((arg) => this.#operand(arg, scope)));
    const path = pathOf(expression);
    if (path !== undefined) return this.#path(path, scope);
    const open = openKeyOf(expression);
    if (open !== undefined) {
      const variable = openVariable(open);
      this.term(variable);
      const parts = partsOf(expression).map((part) => this.#operand(part, scope));
      return { ...opaque(parts), shapes: [{ kind: "variable", variable }] };
    }
    if (expression instanceof FunctionCall) return this.#result(expression, scope);
    // Comparisons and `!` give booleans; their parts are added separately.
    return UNKNOWN;
  }

  #path(path: string, scope: Scope): Operand {
    this.paths.add(path);
    const meaning = scope.meaning(path);
    switch (meaning.kind) {
      case "object":
        return UNKNOWN;
      case "value":
        return constantOperand(meaning.value);
      case "variable":
        this.term(meaning.variable);
        return { shapes: [meaning], opaque: [] };
      case "computed":
        return this.#template(meaning.template, meaning.scope);
    }
  }

  #template(template: readonly Segment[], scope: Scope): Operand {
    if (!this.#computed.has(template)) {
      this.#computed.add(template);
      this.addTemplate(template, scope);
    }
    const operands = template.map((segment) =>
      "text" in segment ? constantOperand(segment.text) : this.#operand(segment.expression, scope),
    );
    const [only] = operands;
    if (operands.length === 1 && only !== undefined) return only;
    return formatted([constantOperand(operands.map((_, n) => `{${n}}`).join("")), ...operands]);
  }

  #result(call: FunctionCall, scope: Scope): Operand {
    const operands = call.args.map((arg) => this.#operand(arg, scope));
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
        return UNKNOWN;
    }
  }
}
