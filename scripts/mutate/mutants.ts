// Small changes to a source file, each of which a test should notice.
import { stripTypeScriptTypes } from "node:module";
import ts from "typescript";

/** One change: the text between two offsets of a file (in UTF-16 code units) is replaced. */
export interface Mutant {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The start of the whole expression or statement. The change has an effect only if this code runs. */
  readonly reachedAt: number;
}

/** All mutants of a file. Types, imports and the texts of errors are not changed. */
export function findMutants(file: string, source: string): readonly Mutant[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (isLeftAlone(node)) return;
    for (const [target, replacement] of changesOf(node)) {
      const [start, reachedAt] = [target.getStart(tree), node.getStart(tree)];
      found.push({ file, start, end: target.end, replacement, reachedAt });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found.filter(({ start, end, replacement }) => source.slice(start, end) !== replacement);
}

export function applyMutant(
  source: string,
  { start, end, replacement }: Pick<Mutant, "start" | "end" | "replacement">,
): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** Whether the changed source is still valid. For example, `??` beside `&&` is a syntax error, which any test would notice. */
export function isProgram(source: string, mutant: Mutant): boolean {
  try {
    stripTypeScriptTypes(applyMutant(source, mutant));
    return true;
  } catch {
    return false; // The only possible error is that the text cannot be parsed.
  }
}

/** Draws `count` of the mutants that pass, in their original order. The same seed gives the same sample. */
export function sampleMutants(
  all: readonly Mutant[],
  count: number,
  seed: number,
  passes: (mutant: Mutant) => boolean = () => true,
): readonly Mutant[] {
  const random = mulberry32(seed);
  const keyed = all.map((mutant, index) => ({ mutant, index, key: random() }));
  const chosen: typeof keyed = [];
  for (const candidate of keyed.sort((a, b) => a.key - b.key)) {
    if (chosen.length === count) break;
    if (passes(candidate.mutant)) chosen.push(candidate);
  }
  return chosen.sort((a, b) => a.index - b.index).map(({ mutant }) => mutant);
}

/** Tommy Ettinger's generator with 32 bits of state (mulberry32). It returns numbers from 0 to 1, excluding 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function isLeftAlone(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  // What an error says: its words are judged by people.
  return ts.isNewExpression(node) && /(Error|Fault)$/.test(node.expression.getText());
}

type Change = readonly [target: ts.Node, replacement: string];

const OPERATORS: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ["!=="]],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ["==="]],
  [ts.SyntaxKind.LessThanToken, ["<=", ">="]],
  [ts.SyntaxKind.LessThanEqualsToken, ["<", ">"]],
  [ts.SyntaxKind.GreaterThanToken, [">=", "<="]],
  [ts.SyntaxKind.GreaterThanEqualsToken, [">", "<"]],
  [ts.SyntaxKind.AmpersandAmpersandToken, ["||"]],
  [ts.SyntaxKind.BarBarToken, ["&&"]],
  [ts.SyntaxKind.QuestionQuestionToken, ["&&"]],
  [ts.SyntaxKind.PlusToken, ["-"]],
  [ts.SyntaxKind.MinusToken, ["+"]],
  [ts.SyntaxKind.AsteriskToken, ["/"]],
  [ts.SyntaxKind.SlashToken, ["*"]],
  [ts.SyntaxKind.PercentToken, ["*"]],
  [ts.SyntaxKind.AmpersandToken, ["|"]],
  [ts.SyntaxKind.BarToken, ["&"]],
  [ts.SyntaxKind.LessThanLessThanToken, [">>"]],
  [ts.SyntaxKind.GreaterThanGreaterThanToken, ["<<"]],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken, ["<<"]],
  [ts.SyntaxKind.PlusEqualsToken, ["-="]],
  [ts.SyntaxKind.MinusEqualsToken, ["+="]],
]);

/** Methods and their replacements. An empty name means that the call is replaced by its object. */
const METHODS: Readonly<Record<string, string>> = {
  every: "some",
  some: "every",
  startsWith: "endsWith",
  endsWith: "startsWith",
  toLowerCase: "toUpperCase",
  trim: "",
  trimStart: "",
  trimEnd: "",
  slice: "",
  filter: "",
  reverse: "",
  toReversed: "",
  sort: "",
  toSorted: "",
  min: "max",
  max: "min",
  indexOf: "lastIndexOf",
  lastIndexOf: "indexOf",
};

function changesOf(node: ts.Node): readonly Change[] {
  if (ts.isBinaryExpression(node))
    return (OPERATORS.get(node.operatorToken.kind) ?? []).map(replace(node.operatorToken));
  if (ts.isPrefixUnaryExpression(node)) return changesOfPrefix(node);
  if (ts.isIfStatement(node)) return ["true", "false"].map(replace(node.expression));
  if (ts.isConditionalExpression(node)) return ["true", "false"].map(replace(node.condition));
  if (ts.isCallExpression(node)) return changesOfCall(node);
  if (ts.isExpressionStatement(node)) return ts.isAwaitExpression(node.expression) ? [] : [[node, ";"]];
  if (ts.isNumericLiteral(node)) return isName(node) ? [] : [[node, `(${node.text} + 1)`]];
  if (ts.isStringLiteral(node)) return isName(node) ? [] : [[node, node.text === "" ? '"mutant"' : '""']];
  if (ts.isRegularExpressionLiteral(node)) return changesOfPattern(node.text).map(replace(node));
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [[node, "false"]];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [[node, "true"]];
  return ts.isArrayLiteralExpression(node) && node.elements.length > 0 ? [[node, "[]"]] : [];
}

const replace =
  (target: ts.Node) =>
  (replacement: string): Change => [target, replacement];

function changesOfPrefix(node: ts.PrefixUnaryExpression): readonly Change[] {
  const { operator, operand } = node;
  if (operator === ts.SyntaxKind.ExclamationToken) return [[node, operand.getText()]];
  if (operator === ts.SyntaxKind.PlusPlusToken) return [[node, `--${operand.getText()}`]];
  return operator === ts.SyntaxKind.MinusToken ? [[node, operand.getText()]] : [];
}

function changesOfCall(node: ts.CallExpression): readonly Change[] {
  const callee = node.expression;
  if (!ts.isPropertyAccessExpression(callee)) return [];
  const other = METHODS[callee.name.text];
  if (other === undefined || !Object.hasOwn(METHODS, callee.name.text)) return [];
  return other === "" ? [[node, callee.expression.getText()]] : [[callee.name, other]];
}

/** Changes of a regular expression: one anchor or repetition is removed, or one character class is inverted. */
function changesOfPattern(pattern: string): readonly string[] {
  const changes = [
    pattern.replace(/^\/\^/, "/"),
    pattern.replace(/(?<!\\)\$(?=\/\w*$)/, ""),
    pattern.replace("[^", "["),
    pattern.replace(/(?<!\\)\\d/, "\\D"),
    pattern.replace(/(?<!\\)\\s/, "\\S"),
    pattern.replace(/(?<=[\w\])])\+/, ""),
  ];
  return [...new Set(changes)].filter((change) => change !== pattern && !/^\/\/|^\/\*/.test(change));
}

/** Whether the node is the name of a property or a key in brackets; changing it would change a type. */
function isName(node: ts.Node): boolean {
  const { parent } = node;
  return (ts.isPropertyAssignment(parent) && parent.name === node) || ts.isElementAccessExpression(parent);
}
