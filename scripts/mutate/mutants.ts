// Small changes to a source file, each of which a test should notice.
import { stripTypeScriptTypes } from "node:module";
import ts from "typescript";

/** One change: the text between two places of a file is replaced. Places are UTF-16 code units. */
export interface Mutant {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The start of the whole expression or statement: it has an effect only where this runs. */
  readonly reachedAt: number;
}

/** All mutants of a file. Types, imports, and the words of errors have none. */
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

/** Whether it is still a program: `??` beside `&&` is not, and any test would notice that. */
export function isProgram(source: string, mutant: Mutant): boolean {
  try {
    stripTypeScriptTypes(applyMutant(source, mutant));
    return true;
  } catch {
    return false; // The only error there is: the text cannot be parsed.
  }
}

/** As many of those that pass as asked for, the same for the same seed, in their order. */
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

/** Tommy Ettinger's generator with 32 bits of state: numbers from 0 up to 1. */
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

/** Methods and what is called instead; an empty name stands for the object itself. */
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

/** Without its anchors, one at a time, and with each class that it negates. */
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

/** The name of a property, or the key in brackets: to change it is to change a type. */
function isName(node: ts.Node): boolean {
  const { parent } = node;
  return (ts.isPropertyAssignment(parent) && parent.name === node) || ts.isElementAccessExpression(parent);
}
