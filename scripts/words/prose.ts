// What people read in a file: comments, strings and the text of pages, at the places where they were written.
import ts from "typescript";
import { type CST, Parser } from "yaml";

/** A stretch of text; whatever is no prose in it, such as the stars of a comment, is replaced by as many spaces. */
export interface Prose {
  readonly text: string;
  /** Where it starts in the file, in UTF-16 code units. */
  readonly offset: number;
  /** A string may be data rather than a sentence. */
  readonly kind: "comment" | "string" | "page";
}

/** The prose of a file, in its order, by the end of the file's name; nothing for what is neither code, YAML nor a page. */
export function readProse(file: string, source: string): readonly Prose[] {
  if (/\.[cm]?[jt]s$/.test(file)) return readScript(file, source);
  if (/\.ya?ml$/.test(file)) return readYaml(source);
  return file.endsWith(".md") ? [readPage(source)] : [];
}

/** The line, from 1, of a place in a file. */
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

/** Strings, the parts of templates, and regular expressions, whose text is left out. */
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

/** Comments between two places of code. Lines of `//` below each other are one comment. */
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

/** A page without its blocks of code. */
function readPage(source: string): Prose {
  return { kind: "page", offset: 0, text: source.replaceAll(/^( *)(```+)[\s\S]*?^\1\2$/gm, blank) };
}
