import { type Arch, cannotParse, type Os, type Platform } from "./formula.ts";
import { lexFormula, type Token, type Tokens } from "./lex.ts";

/** Where a statement is. Only `deferred` statements, in a method or a hook, do not run when Homebrew reads the file. */
export type Place = "outside" | "class" | "deferred" | "opaque";

/** A statement of a formula and the platform to which it applies. */
export interface Statement extends Platform {
  readonly line: number;
  readonly tokens: Tokens;
  /** `class` for a statement in the class or in one of its platform blocks. Downloads elsewhere are not those of the formula. */
  readonly place: Place;
}

interface Block {
  readonly platform: Platform;
  readonly place: Place;
  readonly line: number;
}

const ANYWHERE: Platform = { os: undefined, arch: undefined };

const CONDITIONS: Readonly<Record<string, Partial<Platform>>> = {
  "OS.mac?": { os: "macos" },
  "OS.linux?": { os: "linux" },
  "Hardware::CPU.arm?": { arch: "arm" },
  "Hardware::CPU.intel?": { arch: "intel" },
};

export const PLATFORM_BLOCKS: Readonly<Record<string, Partial<Platform>>> = {
  on_macos: { os: "macos" },
  on_linux: { os: "linux" },
  on_arm: { arch: "arm" },
  on_intel: { arch: "intel" },
  stable: {},
};

/** Blocks that Homebrew does not run when it reads the file, unlike all others. */
export const HOOKS: readonly string[] = ["test", "service"];

const OPENERS: readonly string[] = ["class", "module", "def", "if", "unless", "case", "while", "until", "for", "begin"];
const MODIFIERS: readonly string[] = ["if", "unless", "while", "until"];
const LOOPS: readonly string[] = ["while", "until", "for"];
const BRANCHES: readonly string[] = ["else", "elsif", "when", "in", "rescue", "ensure"];

/**
 * Parses the blocks of a formula and returns its statements. A wrong guess could assign a checksum to the wrong
 * platform, so a formula with unclear blocks is refused.
 *
 * @throws FormulaError
 */
export function scanFormula(text: string, file: string): readonly Statement[] {
  const statements: Statement[] = [];
  const blocks: Block[] = [];
  for (const tokens of lexFormula(text, file)) {
    const { line } = tokens[0] as Token; // The lexer never returns an empty statement.
    const around = blocks.at(-1);
    const first = wordAt(tokens, 0);
    statements.push({ ...(around?.platform ?? ANYWHERE), line, tokens, place: around?.place ?? "outside" });
    if (BRANCHES.includes(first)) {
      const closed = blocks.pop();
      if (closed === undefined) throw cannotParse(file, line, `\`${first}\` outside of a block`);
      blocks.push({ ...branch(tokens, closed, blocks.at(-1)), line });
    }
    for (const step of stepsOf(tokens)) {
      if (step === "open") blocks.push({ ...enter(tokens, blocks.at(-1)), line });
      else if (blocks.pop() === undefined) throw cannotParse(file, line, "one `end` too many");
    }
  }
  const open = blocks.at(-1);
  if (open !== undefined) throw cannotParse(file, open.line, "a block that is never closed");
  return statements;
}

/** The text of some tokens without spaces: `Hardware::CPU.arm?`. */
export function written(tokens: Tokens): string {
  return tokens.map(({ text }) => text).join("");
}

/** The blocks that a statement opens and closes, in order. Keywords in brackets are ignored, since their blocks end there too. */
function stepsOf(tokens: Tokens): readonly ("open" | "close")[] {
  const steps: ("open" | "close")[] = [];
  let depth = 0;
  const isLoop = LOOPS.includes(wordAt(tokens, 0));
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind === "op" && "([{".includes(text)) depth += 1;
    if (kind === "op" && ")]}".includes(text)) depth -= 1;
    const before = tokens[index - 1];
    if (kind !== "word" || depth > 0 || isName(before)) continue;
    if (text === "end") steps.push("close");
    else if (text === "do") {
      if (!isLoop) steps.push("open");
    } else if (OPENERS.includes(text)) {
      const isModifier = MODIFIERS.includes(text) && before !== undefined && !mayGoBefore(before);
      if (!isModifier && !(text === "def" && isEndless(tokens, index))) steps.push("open");
    }
  }
  return steps;
}

/** Whether the next word is the name of a method, even if it is a keyword: after a dot or `def`. */
function isName(before: Token | undefined): boolean {
  return (
    before !== undefined && (/^(\.|&\.|::)$/.test(before.text) || (before.kind === "word" && before.text === "def"))
  );
}

/** Whether an `if` after this token begins an expression instead of being a modifier of the code before it. */
function mayGoBefore({ kind, text }: Token): boolean {
  if (kind === "op") return !/^[)\]}]$/.test(text);
  return kind === "label" || (kind === "word" && ["then", "else", "do", "and", "or", "not"].includes(text));
}

/** Whether a method has no `end`: `def name = value` or `def name(x) = value`. */
function isEndless(tokens: Tokens, def: number): boolean {
  let at = def + 2;
  while (tokens[at]?.text === ".") at += 2;
  if (tokens[at]?.text === "(") at = closingBracket(tokens, at) + 1;
  return tokens[at]?.kind === "op" && tokens[at]?.text === "=";
}

function closingBracket(tokens: Tokens, open: number): number {
  let depth = 0;
  return tokens.findIndex(({ kind, text }, index) => {
    if (index < open || kind !== "op") return false;
    if (text === "(") depth += 1;
    if (text === ")") depth -= 1;
    return depth === 0;
  });
}

function enter(tokens: Tokens, around: Block | undefined): Omit<Block, "line"> {
  const platform = around?.platform ?? ANYWHERE;
  const place = around?.place ?? "outside";
  const first = wordAt(tokens, 0);
  if (first === "class" && place === "outside") return { platform, place: "class" };
  if (place !== "class") return { platform, place: place === "outside" ? "opaque" : place };
  if (first === "if") return under(tokens.slice(1), platform);
  if (first === "def" || (HOOKS.includes(first) && wordAt(tokens, 1) === "do")) return { platform, place: "deferred" };
  const named = wordAt(tokens, 1) === "do" && tokens.length === 2 && Object.hasOwn(PLATFORM_BLOCKS, first);
  return named ? { platform: { ...platform, ...PLATFORM_BLOCKS[first] }, place } : { platform, place: "opaque" };
}

/**
 * The block after `else` or `elsif`. `else` means the other system or processor if the condition before it named only
 * one of the two.
 */
function branch(tokens: Tokens, closed: Block, outer: Block | undefined): Omit<Block, "line"> {
  const around = outer?.platform ?? ANYWHERE;
  if (closed.place !== "class") return closed;
  const first = wordAt(tokens, 0);
  if (first === "elsif") return under(tokens.slice(1), around);
  const { os, arch } = closed.platform;
  const byOs = os !== around.os;
  const byArch = arch !== around.arch;
  if (first !== "else" || byOs === byArch) return { platform: around, place: "opaque" };
  const other: Partial<Platform> = byOs ? { os: otherOs(os) } : { arch: otherArch(arch) };
  return { platform: { ...around, ...other }, place: "class" };
}

function under(condition: Tokens, around: Platform): Omit<Block, "line"> {
  const end = condition.findIndex(({ kind, text }) => kind === "word" && text === "then");
  const parts = written(end < 0 ? condition : condition.slice(0, end)).split("&&");
  const known = parts.map((part) => (Object.hasOwn(CONDITIONS, part) ? CONDITIONS[part] : undefined));
  const isCode = condition.every(({ kind }) => kind === "word" || kind === "op");
  if (!isCode || known.includes(undefined)) return { platform: around, place: "opaque" };
  return { platform: Object.assign({ ...around }, ...known), place: "class" };
}

function wordAt(tokens: Tokens, index: number): string {
  const token = tokens[index];
  return token?.kind === "word" ? token.text : "";
}

function otherOs(os: Os | undefined): Os {
  return os === "macos" ? "linux" : "macos";
}

function otherArch(arch: Arch | undefined): Arch {
  return arch === "arm" ? "intel" : "arm";
}
