// Finds the text that people read in a file (comments, strings, the text of pages), with its position.
import ts from "typescript";
import { type CST, Parser } from "yaml";

/** A piece of text. Characters that are not prose, such as the stars of a comment, are replaced by spaces. */
export interface Prose {
  readonly text: string;
  /** The offset of its start in the file, in UTF-16 code units. */
  readonly offset: number;
  /** "string" may be data rather than a sentence. */
  readonly kind: "comment" | "string" | "page";
}

/** The prose of a file, in order. The file's extension decides how it is read; files other than code, YAML and pages have none. */
export function readProse(file: string, source: string): readonly Prose[] {
  if (/\.[cm]?[jt]s$/.test(file)) return readScript(file, source);
  if (/\.ya?ml$/.test(file)) return readYaml(source);
  return file.endsWith(".md") ? [readPage(source)] : [];
}

/** The number of the line, from 1, that contains an offset. */
export function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split("\n").length;
}

const blank = (text: string) => text.replaceAll(/[^\n]/g, " ");

function readScript(file: string, source: string): readonly Prose[] {
  const strings = readStrings(ts.createSourceFile(file, source, ts.ScriptTarget.Latest));
  const found: Prose[] = [];
  let next = 0;
  for (const literal of strings) {
    found.push(...readComments(source, next, literal.offset));
    if (literal.text !== "") found.push({ ...literal, kind: "string" });
    next = literal.end;
  }
  return [...found, ...readComments(source, next, source.length)];
}

interface Literal {
  readonly offset: number;
  readonly end: number;
  readonly text: string;
}

/** Strings and the parts of templates. Regular expressions are found too, but without their text. */
function readStrings(file: ts.SourceFile): readonly Literal[] {
  const found: Literal[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isLiteralExpression(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateTail(node)
    ) {
      const [offset, end] = [node.getStart(file), node.end];
      const isText = !(ts.isRegularExpressionLiteral(node) || ts.isNumericLiteral(node));
      found.push({ offset, end, text: isText ? file.text.slice(offset, end) : "" });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The comments between two offsets in code. Consecutive lines of `//` are one comment. */
function readComments(source: string, from: number, to: number): readonly Prose[] {
  const comments = source.slice(from, to).matchAll(/\/\*[\s\S]*?\*\/|\/\/.*(?:\n[ \t]*\/\/.*)*/g);
  return [...comments].map((match) => ({
    kind: "comment",
    offset: from + match.index,
    text: match[0].replaceAll(/^[ \t]*(\/\*+|\/\/|\*(?!\/))|\*\/$/gm, blank),
  }));
}

function readYaml(source: string): readonly Prose[] {
  const found: Prose[] = [];
  const visit = (token: unknown): void => {
    if (typeof token !== "object" || token === null) return;
    if (isToken(token)) {
      const kind = token.type === "comment" ? "comment" : "string";
      found.push({ kind, offset: token.offset, text: token.source.replaceAll(/^[ \t]*#+/gm, blank) });
    }
    Object.values(token).forEach(visit);
  };
  for (const token of new Parser().parse(source)) visit(token);
  return found.sort((a, b) => a.offset - b.offset);
}

const TEXTS: ReadonlySet<unknown> = new Set([
  "comment",
  "scalar",
  "single-quoted-scalar",
  "double-quoted-scalar",
  "block-scalar",
]);

function isToken(token: object): token is CST.SourceToken | CST.FlowScalar | CST.BlockScalar {
  return "type" in token && TEXTS.has(token.type);
}

/** The text of a page without its code blocks. */
function readPage(source: string): Prose {
  return { kind: "page", offset: 0, text: source.replaceAll(/^( *)(```+)[\s\S]*?^\1\2$/gm, blank) };
}
