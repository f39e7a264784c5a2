import type { DoubleQuotedChild, HereDocBody, Word, WordPart } from "unbash";

/** A part of a text that a shell puts together. */
export interface Piece {
  /** Nothing where only a run knows it: an expansion. */
  readonly text: string | undefined;
  /** Offset in the script, where it stands there character for character. */
  readonly start: number | undefined;
}

/** Stands for a character of an expression `${{ }}`, which the shell never sees. */
export const EXPRESSION = "\uE000";

/** The same script with its `${{ }}` masked, so that its braces are not read as shell; every offset stays. */
export function maskExpressions(script: string): string {
  return script.replaceAll(/\$\{\{[\s\S]*?\}\}/g, (text) => EXPRESSION.repeat(text.length));
}

/** A word after quotes are removed. `source` is the masked script. */
export function piecesOf(word: Word, source: string): Piece[] {
  if (word.parts === undefined) return literal(source.slice(word.pos, word.end), word.value, word.pos);
  return word.parts.flatMap((part) => partPieces(part, source));
}

/** The text of a heredoc, whose lines may hold expansions unless its delimiter is quoted. */
export function bodyPieces(body: HereDocBody, source: string): Piece[] {
  if (body.parts === undefined) return literal(source.slice(body.pos, body.end), body.text, body.pos);
  return body.parts.flatMap((part) => partPieces(part, source));
}

/** The text, or nothing where a part of it is not known. */
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

/** Where the value is not the source (escapes), nothing in it has a place of its own. */
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
