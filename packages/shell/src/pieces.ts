import type { DoubleQuotedChild, HereDocBody, Word, WordPart } from "unbash";

/** A part of a text that the shell composes. */
export interface Piece {
  /** Undefined for an expansion, whose value is known only when the script runs. */
  readonly text: string | undefined;
  /** The offset in the script, if the script contains the text character for character. */
  readonly start: number | undefined;
}

/** A placeholder for each character of an expression `${{ }}`, which GitHub replaces before the shell starts. */
export const EXPRESSION = "\uE000";

/** Masks each `${{ }}` of a script, so that its braces are not parsed as shell. Offsets do not change. */
export function maskExpressions(script: string): string {
  return script.replaceAll(/\$\{\{[\s\S]*?\}\}/g, (text) => EXPRESSION.repeat(text.length));
}

/** The pieces of a word, without quotes, or of a heredoc. `source` is the masked script. */
export function piecesOf(node: Word | HereDocBody, source: string): Piece[] {
  // The lines of a heredoc may contain expansions unless the delimiter is quoted.
  if (node.parts !== undefined) return node.parts.flatMap((part) => partPieces(part, source));
  return literal(source.slice(node.pos, node.end), "value" in node ? node.value : node.text, node.pos);
}

/** The whole text; undefined when a part of it is unknown. */
export function textOf(pieces: readonly Piece[]): string | undefined {
  return pieces.every(({ text }) => text !== undefined) ? pieces.map(({ text }) => text).join("") : undefined;
}

function partPieces(part: WordPart | DoubleQuotedChild, source: string): Piece[] {
  switch (part.type) {
    case "Literal":
    case "Glob":
      return literal(source.slice(part.pos, part.end), part.value, part.pos);
    case "SingleQuoted":
      return literal(part.value, part.value, part.pos + 1);
    case "DoubleQuoted":
      return part.parts.flatMap((child) => partPieces(child, source));
    case "AnsiCQuoted":
      return [{ text: part.value, start: undefined }];
    case "BraceExpansion":
    case "ExtendedGlob":
      return literal(source.slice(part.pos, part.end), part.text, part.pos);
    default:
      return [{ text: undefined, start: part.pos }];
  }
}

/** Makes pieces of a literal. If escapes make its value differ from the source, the pieces have no offset. */
function literal(written: string, value: string, start: number): Piece[] {
  if (value.includes(EXPRESSION)) {
    const parts = value.split(new RegExp(`(${EXPRESSION}+)`)).filter((text) => text !== "");
    let at = written === value ? start : undefined;
    return parts.map((text): Piece => {
      const piece = { text: text.startsWith(EXPRESSION) ? undefined : text, start: at };
      at = at === undefined ? undefined : at + text.length;
      return piece;
    });
  }
  return [{ text: value, start: written === value ? start : undefined }];
}
