import type { Location } from "@release-actions/report";
import type { Edit } from "@release-actions/text";
import { faultAt } from "./fault.ts";

/** A part of an expanded value. */
interface Part {
  readonly text: string;
  /** The offset at which the file has exactly this text; undefined if there is no such place. */
  readonly start: number | undefined;
}

/** A value after quotes and variables are resolved. Each part knows where the file has it. */
export interface Word {
  readonly value: string;
  readonly parts: readonly Part[];
  /** The first variable without a value that it uses. */
  readonly unset: string | undefined;
}

export interface WordSource {
  readonly text: string;
  readonly escapeCharacter: string;
  readonly locate: (offset: number) => Location & { readonly line: number };
  readonly lookup: (name: string) => Word | undefined;
}

/** Expands `text.slice(start, end)` by the rules of BuildKit's frontend/dockerfile/shell/lex.go. */
export function expandWord(source: WordSource, start: number, end: number): Word {
  const parts: Part[] = [];
  const push = (text: string, at: number | undefined): void => {
    const last = parts.at(-1);
    const joins = last?.start !== undefined && last.start + last.text.length === at;
    if (last !== undefined && joins) parts[parts.length - 1] = { text: last.text + text, start: last.start };
    else parts.push({ text, start: at });
  };
  const { text, escapeCharacter } = source;
  let unset: string | undefined;
  let quote: string | undefined;
  for (let at = start; at < end; ) {
    const character = text.charAt(at);
    if (quote === undefined && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = undefined;
    else if (character === escapeCharacter && quote !== "'") {
      const broken = lineBreakAfter(text, at);
      if (broken !== undefined) {
        at = broken;
        continue;
      }
      const next = text.charAt(at + 1);
      const escapes = quote === undefined || next === '"' || next === "$" || next === escapeCharacter;
      if (!escapes) push(character, at);
      push(next, at + 1);
      at += 2;
      continue;
    } else if (character === "$" && quote !== "'") {
      const { word, next } = expandVariable(source, at, end);
      for (const part of word.parts) push(part.text, part.start);
      unset ??= word.unset;
      at = next;
      continue;
    } else push(character, at);
    at += 1;
  }
  if (quote !== undefined) throw faultAt(source.locate(start), `the quote ${quote} is never closed`);
  return { value: parts.map((part) => part.text).join(""), parts, unset };
}

/** The edit that changes `value.slice(from, to)` of a word to `text`; undefined if no single place in the file has that part. */
export function editWithin(word: Word, from: number, to: number, text: string): Edit | undefined {
  let offset = 0;
  for (const part of word.parts) {
    if (part.start !== undefined && from >= offset && to <= offset + part.text.length) {
      return { start: part.start + from - offset, end: part.start + to - offset, text };
    }
    offset += part.text.length;
  }
  return undefined;
}

/** The offset at which a value continues after an escaped line end and any comment lines; undefined if there is none. */
function lineBreakAfter(text: string, at: number): number | undefined {
  const match = /^.[ \t]*\r?\n(?:[ \t]*#[^\n]*\n|[ \t]*\r?\n)*/s.exec(text.slice(at, at + 4096));
  return match === null ? undefined : at + match[0].length;
}

function expandVariable(source: WordSource, at: number, end: number): { word: Word; next: number } {
  const { text } = source;
  const plain = /^\$([A-Za-z_]\w*)/.exec(text.slice(at, end));
  if (plain?.[1] !== undefined) return { word: variableWord(source, plain[1]), next: at + plain[0].length };
  if (text.charAt(at + 1) !== "{") return { word: literal("$", at), next: at + 1 };
  const close = closingBrace(source, at, end);
  const [whole, name, operator] = /^\$\{([A-Za-z_]\w*)(:?[-+?]|##?|%%?|\/\/?|\}|)/.exec(text.slice(at, end)) ?? [];
  if (whole === undefined || name === undefined || !operator) {
    throw faultAt(source.locate(at), `${text.slice(at, close + 1)} is not a substitution that BuildKit knows`);
  }
  const next = close + 1;
  if (operator === "}") return { word: variableWord(source, name), next };
  const found = source.lookup(name);
  const restStart = at + whole.length;
  if (/[#%/]/.test(operator)) {
    // The caller's value is unknown here, and so is the result.
    if (found === undefined || found.unset !== undefined)
      return { word: { value: "", parts: [], unset: found?.unset ?? name }, next };
    const value = substitute(found.value, operator, text.slice(restStart, close));
    return { word: literal(value, undefined), next };
  }
  const isSet = found !== undefined && (found.value !== "" || found.unset !== undefined || !operator.startsWith(":"));
  const rest = (): Word => expandWord(source, restStart, close);
  if (operator.endsWith("-")) return { word: isSet ? found : rest(), next };
  if (operator.endsWith("+")) return { word: isSet ? rest() : literal("", undefined), next };
  // The variable is required, so the caller passes it.
  return { word: isSet ? found : { value: "", parts: [], unset: name }, next };
}

/** Applies `#`, `##`, `%`, `%%`, `/` or `//` as BuildKit does, with `*` and `?` in the pattern (shell/lex.go). */
function substitute(value: string, operator: string, operand: string): string {
  const [pattern = "", replacement = ""] = operator.startsWith("/") ? splitAtSlash(operand) : [operand];
  const isShort = operator === "#" || operator === "%";
  const source = [...pattern.matchAll(/\\(.)|([*?])|([\s\S])/g)]
    .map(([, escaped, wildcard, plain]) => {
      if (wildcard === "*") return isShort ? "[\\s\\S]*?" : "[\\s\\S]*";
      return wildcard === "?" ? "[\\s\\S]" : (escaped ?? plain ?? "").replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    })
    .join("");
  if (operator.startsWith("/"))
    return value.replace(new RegExp(source, operator === "//" ? "g" : ""), () => replacement);
  if (operator.startsWith("#")) return value.replace(new RegExp(`^(?:${source})`), "");
  // The shortest matching suffix starts last.
  const starts = Array.from({ length: value.length + 1 }, (_, index) => (isShort ? value.length - index : index));
  const suffix = new RegExp(`^(?:${source})$`);
  const start = starts.find((index) => suffix.test(value.slice(index)));
  return start === undefined ? value : value.slice(0, start);
}

function splitAtSlash(operand: string): string[] {
  const at = /^(?:\\.|[^\\/])*\//.exec(operand)?.[0].length;
  return at === undefined ? [operand] : [operand.slice(0, at - 1), operand.slice(at).replace(/\\\//g, "/")];
}

function closingBrace(source: WordSource, at: number, end: number): number {
  let depth = 0;
  for (let index = at + 1; index < end; index += 1) {
    const character = source.text.charAt(index);
    if (character === source.escapeCharacter) index += 1;
    else if (character === "{") depth += 1;
    else if (character === "}" && --depth === 0) return index;
  }
  throw faultAt(source.locate(at), "the brace of ${ is never closed");
}

function variableWord(source: WordSource, name: string): Word {
  return source.lookup(name) ?? { value: "", parts: [], unset: name };
}

function literal(text: string, start: number | undefined): Word {
  return { value: text, parts: [{ text, start }], unset: undefined };
}
