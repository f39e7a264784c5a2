import { type Automaton, between, halfOf } from "./language/automaton.ts";
import { equalTo } from "./language/patterns.ts";
import type { VariableShape } from "./operand.ts";
import type { Value, Variable } from "./variable.ts";

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

export function newTerm(variable: Variable): Term {
  return {
    variable,
    // A text is true unless it is empty, so every condition may test this.
    predicates: [equalTo("")],
    texts: new Set(),
    numbers: new Set(),
    links: new Set(),
    open: undefined,
  };
}

/** Adds a text from a condition, without the constants around the variable. */
export function addExample(term: Term, { prefix = "", suffix = "" }: VariableShape, text: string): void {
  const start = text.toLowerCase().startsWith(prefix) ? prefix.length : 0;
  const end = text.length - (suffix !== "" && text.toLowerCase().endsWith(suffix) ? suffix.length : 0);
  term.texts.add(text.slice(start, end));
}

/** Adds a set of texts that a condition distinguishes, and the text from which it is made. */
export function addPredicate(term: Term, shape: VariableShape, automaton: Automaton, text: string): void {
  const { prefix = "", suffix = "", half } = shape;
  if (half !== undefined) {
    term.predicates.push(halfOf(half, automaton));
    term.texts.add(half === "owner" ? `${text}/product` : `octo/${text}`);
    return;
  }
  term.predicates.push(prefix === "" && suffix === "" ? automaton : between(prefix, automaton, suffix));
  addExample(term, shape, text);
}

/** Adds a value with which a condition compares the variable. */
export function addConstant(term: Term, shape: VariableShape, value: Value): void {
  if (value === true && term.variable.isWritten === true) {
    term.open ??= "is a text that is compared with `true`, which only the text `1` equals";
    return;
  }
  const numbers = typeof value === "number" ? [value - 1, value, value + 1] : [];
  const coerced = value === true ? [1] : value === false || value === null ? [0] : numbers;
  for (const number of coerced) term.numbers.add(number);
  const texts = typeof value === "string" ? [value] : coerced.map(String);
  for (const text of texts) addPredicate(term, shape, equalTo(text), text);
  if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
    term.numbers.add(Number(value));
}

/** Links two variables that are compared (`a == b`): each gets the other's predicates, and enough values to be equal and to differ. */
export function linkTerms(term: Term, a: VariableShape, other: Term, b: VariableShape): void {
  linkTo(term, a, other, b);
  linkTo(other, b, term, a);
}

function linkTo(term: Term, own: VariableShape, { variable: other }: Term, far: VariableShape): void {
  term.links.add(other.key);
  if (other.type.kind === "choice") for (const value of other.type.values) addConstant(term, own, value);
  const [prefix, suffix] = [own.prefix ?? "", own.suffix ?? ""];
  const isAlike = prefix === (far.prefix ?? "") && suffix === (far.suffix ?? "") && own.half === far.half;
  if (isAlike || term.variable.key === other.key) return;
  // If the constants around the variables (or the halves of names) differ, equal texts are not equal values.
  term.open ??= `is compared with ${other.key} in another form`;
  // To allow equal values nevertheless, add the part of the prefix that this side lacks.
  const extra = far.prefix?.startsWith(prefix) === true ? far.prefix.slice(prefix.length) : "";
  if (extra !== "") term.texts.add(`${extra}main`);
}
