import { cannotParse } from "./formula.ts";

/**
 * A token of Ruby, detailed enough to distinguish plain values from code (docs.ruby-lang.org, "Literals"). `code` is
 * anything that runs or may run: interpolation, backticks, `%(…)`.
 */
export interface Token {
  readonly kind: "word" | "label" | "string" | "symbol" | "number" | "regexp" | "op" | "code";
  /** The text as written, or the value of a plain string. */
  readonly text: string;
  /** The line number, from 1. */
  readonly line: number;
}

/** Whether a token is part of a plain value, which runs no code. */
export function isLiteral({ kind, text }: Token): boolean {
  if (kind === "word") return ["true", "false", "nil"].includes(text);
  if (kind === "op") return [",", "[", "]", "{", "}", "(", ")", "=>", "-"].includes(text);
  return kind !== "code";
}

/** The tokens of one statement, including everything in brackets. */
export type Tokens = readonly Token[];

const WORD = /[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*/y;
// A dot is a part of a number only if digits follow: `1.send(:x)` is a call.
const NUMBER = /0[bodx][\da-f_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:e[+-]?\d[\d_]*)?r?i?/iy;
const OPERATOR =
  /\*\*=|<=>|===|\.\.\.|&&=|\|\|=|<<=|>>=|\*\*|==|!=|>=|<=|&&|\|\||=>|->|=~|!~|\.\.|::|\+=|-=|\*=|\/=|\|=|&=|<<|>>|&\.|[-+*/%=<>!&|^~?:.,@$]/y;
// A name in lower case needs a sign before it (`<<~text`); otherwise `<<` is an operator: `list <<entry`.
const HEREDOC = /<<(?:[~-]?(["'`])([^"'`\n]+)\1|([~-][a-z_]\w*|[~-]?[A-Z_]\w*))/y;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };
/**
 * After these operators a statement continues in the next line. `|` is not in the list because it usually ends the
 * parameters of a block.
 */
const GOES_ON: readonly string[] = [",", "&&", "||", ".", "&.", "=", "+", "=>", "::", "<<"];
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  e: "\u001B",
  s: " ",
  "0": "\0",
  "\n": "",
};

/**
 * Splits a formula into statements.
 *
 * @throws FormulaError when a string or a here document does not end.
 */
export function lexFormula(text: string, file: string): readonly Tokens[] {
  return new Lexer(text, file).statements();
}

class Lexer {
  readonly #text: string;
  readonly #file: string;
  readonly #done: Token[][] = [];
  #statement: Token[] = [];
  #at = 0;
  #line = 1;
  #depth = 0;
  #heredocs: { readonly end: string; readonly line: number }[] = [];

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  statements(): readonly Tokens[] {
    while (this.#at < this.#text.length && !this.#atLineStart(/__END__(?=\r?\n|$)/y)) this.#step();
    const [open] = this.#heredocs;
    if (open !== undefined) throw cannotParse(this.#file, open.line, `a here document without its end ${open.end}`);
    this.#end();
    return this.#done;
  }

  #step(): void {
    const char = this.#text[this.#at] ?? "";
    const next = this.#text[this.#at + 1] ?? "";
    if (char === "\n") this.#newline();
    else if (/[\s\\]/.test(char)) this.#space(char);
    else if (char === "#") this.#skipTo("\n");
    else if (this.#atLineStart(/=begin\b/y)) this.#skipComment();
    else if (char === ";" && this.#depth === 0) this.#end(1);
    else if (char === '"' || char === "'") this.#string(char, char, this.#at + 1, "string");
    else if (char === "`") this.#string(char, char, this.#at + 1, "code");
    else if (char === "<" && this.#heredoc()) return;
    else if (char === ":" && /["\w]/.test(next)) this.#symbol();
    else if (char === "%" && this.#mayBeginValue() && this.#percent()) return;
    else if (char === "/" && this.#mayBeginValue()) this.#string("/", "/", this.#at + 1, "regexp");
    else this.#plain(char);
  }

  #plain(char: string): void {
    const word = this.#match(WORD);
    const number = this.#match(NUMBER);
    if (word !== undefined) this.#word(word[0]);
    else if (number !== undefined) this.#push("number", number[0]);
    else this.#operator(char);
  }

  /** Reads the start of a here document, whose text begins in the next line. Returns false if there is none. */
  #heredoc(): boolean {
    const [whole, , quoted, bare] = this.#match(HEREDOC) ?? [];
    if (whole === undefined) return false;
    this.#heredocs.push({ end: quoted ?? bare?.replace(/^[~-]/, "") ?? "", line: this.#line });
    this.#push("code", whole);
    return true;
  }

  #operator(char: string): void {
    if ("([{".includes(char)) this.#depth += 1;
    if (")]}".includes(char)) this.#depth = Math.max(0, this.#depth - 1);
    const op = this.#match(OPERATOR)?.[0] ?? char;
    this.#push("op", op);
  }

  #word(text: string): void {
    const next = this.#text[this.#at + text.length];
    const after = this.#text[this.#at + text.length + 1];
    const full = (next === "?" || next === "!") && after !== "=" ? text + next : text;
    const colon = this.#text.slice(this.#at + full.length, this.#at + full.length + 2);
    if (colon.startsWith(":") && colon !== "::" && this.#statement.at(-1)?.text !== "?") {
      this.#push("label", full, full.length + 1);
    } else this.#push("word", full);
  }

  #symbol(): void {
    if (this.#text[this.#at + 1] === '"') {
      this.#string('"', '"', this.#at + 2, "string");
      return;
    }
    const name = /:\w+[?!=]?/y;
    const found = this.#match(name)?.[0] ?? ":";
    this.#push("symbol", found);
  }

  /** `%w[a b]` is a list of plain words; everything else with a percent sign may be run. */
  #percent(): boolean {
    const [whole, kind = "", open = ""] = this.#match(/%([wWqQrixIs]?)([([{<|!/])/y) ?? [];
    if (whole === undefined) return false;
    this.#string(open, CLOSING[open] ?? open, this.#at + whole.length, kind === "w" ? "string" : "code");
    return true;
  }

  /** Reads a string with its interpolations up to its end. */
  #string(open: string, close: string, from: number, as: "string" | "regexp" | "code"): void {
    const begun = this.#line;
    // The strings `'…'` and `%w[…]` have no interpolation.
    const interpolates = as !== "string" || open === '"';
    let kind: Token["kind"] = as;
    let value = "";
    let nested = 0;
    let at = from;
    for (; ; at += 1) {
      const char = this.#text[at];
      if (char === undefined) throw cannotParse(this.#file, begun, "a string without its end");
      if (char === "\n") this.#line += 1;
      if (char === "\\") {
        at += 1;
        const escaped = this.#text[at] ?? "";
        if (escaped === "\n") this.#line += 1;
        value +=
          open === "'" && !/['\\]/.test(escaped)
            ? `\\${escaped}`
            : open === '"'
              ? (ESCAPES[escaped] ?? escaped)
              : escaped;
      } else if (char === close && nested === 0) break;
      else {
        if (char === open) nested += 1;
        if (char === close) nested -= 1;
        if (interpolates && char === "#" && /[{@$]/.test(this.#text[at + 1] ?? "")) kind = "code";
        if (interpolates && char === "#" && this.#text[at + 1] === "{") at = this.#interpolation(at + 2);
        value += char;
      }
    }
    const length = at + 1 - this.#at;
    const isLabel = this.#text[at + 1] === ":" && this.#text[at + 2] !== ":" && /["']/.test(open);
    this.#statement.push({ kind: isLabel && kind === "string" ? "label" : kind, text: value, line: begun });
    this.#at += length + (isLabel ? 1 : 0);
    if (as === "regexp") this.#at += this.#match(/[a-z]*/y)?.[0].length ?? 0;
  }

  /** The offset of the brace that ends an interpolation. Strings inside may contain braces and more interpolations. */
  #interpolation(from: number): number {
    const begun = this.#line;
    const ends = ["}"];
    for (let at = from; at < this.#text.length; at += 1) {
      const char = this.#text[at] ?? "";
      const end = ends.at(-1);
      if (char === "\n") this.#line += 1;
      if (char === "\\" && this.#text[at + 1] !== "\n") at += 1;
      else if (char === end) {
        ends.pop();
        if (ends.length === 0) return at;
      } else if (end === "}" && /["'`{]/.test(char)) ends.push(char === "{" ? "}" : char);
      else if (end !== "}" && end !== "'" && char === "#" && this.#text[at + 1] === "{") {
        ends.push("}");
        at += 1;
      }
    }
    throw cannotParse(this.#file, begun, "an interpolation without its end");
  }

  #newline(): void {
    this.#at += 1;
    this.#line += 1;
    for (const { end, line } of this.#heredocs) {
      while (this.#lineText().trim() !== end) {
        if (this.#at >= this.#text.length)
          throw cannotParse(this.#file, line, `a here document without its end ${end}`);
        this.#skipLine();
      }
      this.#skipLine();
    }
    this.#heredocs = [];
    const last = this.#statement.at(-1);
    const isChain = /^\s*(?:\.(?!\.)|&\.)/.test(this.#lineText());
    if (this.#depth === 0 && !isChain && !(last?.kind === "op" && GOES_ON.includes(last.text))) this.#end();
  }

  /** A backslash at the end of a line joins it with the next. */
  #space(char: string): void {
    const joined = char === "\\" ? this.#match(/\\\r?\n/y)?.[0] : undefined;
    if (joined !== undefined) this.#line += 1;
    if (joined === undefined && char === "\\") this.#push("op", char);
    else this.#at += joined?.length ?? 1;
  }

  #mayBeginValue(): boolean {
    const last = this.#statement.at(-1);
    if (last === undefined || last.kind === "label") return true;
    if (last.kind === "op") return !/^[)\]}]$/.test(last.text);
    // After a word, a value begins here only with a space before and none after: `puts /x/`, but not `a / b`.
    return (
      last.kind === "word" && /\s/.test(this.#text[this.#at - 1] ?? "") && !/[\s=]/.test(this.#text[this.#at + 1] ?? "")
    );
  }

  #push(kind: Token["kind"], text: string, length = text.length): void {
    this.#statement.push({ kind, text, line: this.#line });
    this.#at += length;
  }

  #end(length = 0): void {
    if (this.#statement.length > 0) this.#done.push(this.#statement);
    this.#statement = [];
    this.#at += length;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text) ?? undefined;
  }

  #atLineStart(pattern: RegExp): boolean {
    return (this.#at === 0 || this.#text[this.#at - 1] === "\n") && this.#match(pattern) !== undefined;
  }

  #skipComment(): void {
    while (this.#at < this.#text.length && !/^=end\b/.test(this.#lineText())) this.#skipLine();
    this.#skipTo("\n");
  }

  #lineText(): string {
    const end = this.#text.indexOf("\n", this.#at);
    return this.#text.slice(this.#at, end < 0 ? this.#text.length : end);
  }

  #skipLine(): void {
    this.#at += this.#lineText().length + 1;
    this.#line += 1;
  }

  #skipTo(char: string): void {
    const end = this.#text.indexOf(char, this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }
}
