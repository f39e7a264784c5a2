import type { Expr } from "@actions/expressions";
import { Binary, FunctionCall, Grouping, Literal, Logical } from "@actions/expressions/ast";
import { functionOf, partsOf, pathOf } from "@release-actions/workflow";
import { type Automaton, between, halfOf } from "./language/automaton.ts";
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
  type VariableShape,
} from "./operand.ts";
import type { Segment } from "./template.ts";
import type { Scope, Value, Variable } from "./variable.ts";

/** Everything that conditions test about one variable. */
export interface Term {
  readonly variable: Variable;
  /** The sets of texts that the conditions distinguish. */
  readonly predicates: Automaton[];
  /** Texts from the conditions that are likely to matter. */
  readonly texts: Set<string>;
  readonly numbers: Set<number>;
  /** The keys of the variables with which it is compared. */
  readonly links: Set<string>;
  /** Why the predicates do not cover everything that the conditions test; undefined when they do. */
  open: string | undefined;
}

/** Collects from expressions everything that determines which values must be tried. */
export class Terms {
  readonly #terms = new Map<string, Term>();
  readonly #paths = new Set<string>();
  /** The paths with `*` by the path of their list: `needs` for `needs.*.result`. */
  readonly #lists = new Map<string, string>();
  readonly #beginnings = new Set<string>();
  readonly #computed = new Set<readonly Segment[]>();
  #scope: Scope = { meaning: () => ({ kind: "object" }) };

  get all(): ReadonlyMap<string, Term> {
    return this.#terms;
  }

  /** All paths that expressions read, in lower case. */
  get paths(): ReadonlySet<string> {
    return this.#paths;
  }

  /** The path with `*` that is read from the items of the list; undefined when there is none. */
  listBelow(path: string): string | undefined {
    return this.#lists.get(path);
  }

  /** Whether an expression reads a path below this one, which must then be a mapping. */
  hasBelow(path: string): boolean {
    return this.#beginnings.has(path);
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
    const term: Term = {
      variable,
      // A text is true unless it is empty, so every condition may test this.
      predicates: [equalTo("")],
      texts: new Set(),
      numbers: new Set(),
      links: new Set(),
      open: undefined,
    };
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
      this.#constant(term, a, b.constant);
      if (!isEquality && typeof b.constant === "string") term.open ??= "is compared by its order";
      return;
    }
    const other = this.term(b.variable);
    if (!isEquality) {
      term.open ??= "is compared by its order";
      other.open ??= "is compared by its order";
      return;
    }
    this.#link(term, a, other, b);
  }

  /** Links two variables that are compared (`a == b`): each gets the other's predicates, and enough values to be equal and to differ. */
  #link(term: Term, a: VariableShape, other: Term, b: VariableShape): void {
    term.links.add(other.variable.key);
    other.links.add(term.variable.key);
    const choices = (from: Term, to: Term, shape: Shape): void => {
      if (from.variable.type.kind !== "choice") return;
      for (const value of from.variable.type.values) this.#constant(to, shape, value);
    };
    choices(term, other, b);
    choices(other, term, a);
    const same = (a.prefix ?? "") === (b.prefix ?? "") && (a.suffix ?? "") === (b.suffix ?? "") && a.half === b.half;
    // If the constants around the variables (or the halves of names) differ, equal texts are not equal values.
    if (!same && term.variable.key !== other.variable.key) {
      term.open ??= `is compared with ${other.variable.key} in another form`;
      other.open ??= `is compared with ${term.variable.key} in another form`;
      // To allow equal values nevertheless, add the part of the prefix that the other side lacks.
      for (const [to, own, far] of [
        [term, a, b],
        [other, b, a],
      ] as const) {
        const extra =
          far.prefix?.startsWith(own.prefix ?? "") === true ? far.prefix.slice((own.prefix ?? "").length) : "";
        if (extra !== "") to.texts.add(`${extra}main`);
      }
    }
  }

  #constant(term: Term, shape: Shape, value: Value): void {
    if (value === true && term.variable.isWritten === true) {
      term.open ??= "is a text that is compared with `true`, which only the text `1` equals";
      return;
    }
    const numbers = typeof value === "number" ? [value - 1, value, value + 1] : [];
    const coerced = value === true ? [1] : value === false || value === null ? [0] : numbers;
    for (const number of coerced) term.numbers.add(number);
    const texts = typeof value === "string" ? [value] : coerced.map(String);
    for (const text of texts) this.#predicate(term, shape, equalTo(text), text);
    if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
      term.numbers.add(Number(value));
  }

  #predicate(term: Term, shape: Shape, automaton: Automaton, text: string): void {
    const { prefix = "", suffix = "", half } = "constant" in shape ? {} : shape;
    if (half !== undefined) {
      term.predicates.push(halfOf(half, automaton));
      term.texts.add(half === "owner" ? `${text}/product` : `octo/${text}`);
      return;
    }
    term.predicates.push(prefix === "" && suffix === "" ? automaton : between(prefix, automaton, suffix));
    this.#example(term, shape, text);
  }

  /** Adds a text from a condition, without the constants around the variable. */
  #example(term: Term, shape: Shape, text: string): void {
    const { prefix = "", suffix = "" } = "constant" in shape ? {} : shape;
    const start = text.toLowerCase().startsWith(prefix) ? prefix.length : 0;
    const end = text.length - (suffix !== "" && text.toLowerCase().endsWith(suffix) ? suffix.length : 0);
    term.texts.add(text.slice(start, end));
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
          for (const item of items) this.#constant(this.term(shape.variable), shape, item);
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
            this.#predicate(term, a, automaton(text), text);
            for (const example of examples(text)) this.#example(term, a, example);
          }
        } else if ("constant" in a) {
          const term = this.term(b.variable);
          // This predicate covers `contains` exactly. It does not cover `startsWith` and `endsWith`, which are left open.
          term.predicates.push(partOf(textOf(a.constant)));
          if (automaton !== containing) term.open ??= "is the shorter part of a comparison";
          for (const part of textOf(a.constant).split(/[\s,|]+/)) this.#predicate(term, b, equalTo(part), part);
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
      if ("constant" in shape) this.#constant(term, { kind: "variable", variable }, shape.constant);
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
    this.#note(path);
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

  #note(path: string): void {
    if (this.#paths.has(path)) return;
    this.#paths.add(path);
    for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
      this.#beginnings.add(path.slice(0, dot));
      if (path[dot + 1] === "*" && !this.#lists.has(path.slice(0, dot))) this.#lists.set(path.slice(0, dot), path);
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
