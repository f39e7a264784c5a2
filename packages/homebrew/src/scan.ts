import { type Arch, FormulaError, type Os, type Platform } from "./formula.ts";

/** A line at the level of the class, or of a block of it that says for which platform it is. */
export interface Statement extends Platform {
  readonly line: number;
  readonly text: string;
}

interface Block {
  readonly platform: Platform;
  /** Inside a method, a resource or any other block whose lines say nothing about the downloads. */
  readonly opaque: boolean;
  readonly line: number;
}

const ANYWHERE: Platform = { os: undefined, arch: undefined };

const CONDITIONS: Readonly<Record<string, Partial<Platform>>> = {
  "OS.mac?": { os: "macos" },
  "OS.linux?": { os: "linux" },
  "Hardware::CPU.arm?": { arch: "arm" },
  "Hardware::CPU.intel?": { arch: "intel" },
};

const PLATFORM_BLOCKS: Readonly<Record<string, Partial<Platform>>> = {
  on_macos: { os: "macos" },
  on_linux: { os: "linux" },
  on_arm: { arch: "arm" },
  on_intel: { arch: "intel" },
  stable: {},
};

/**
 * Follows the blocks of a formula line by line, as far as the layout that cargo-dist and `brew style`
 * give it allows, and returns the lines of the class itself. What cannot be followed is refused: a
 * guess here would be a wrong checksum there.
 */
export function scanFormula(text: string, file: string): readonly Statement[] {
  const statements: Statement[] = [];
  const blocks: Block[] = [];
  let heredocEnd: string | undefined;
  const lines = text.split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    const code = raw.trim();
    if (heredocEnd !== undefined) {
      if (code === heredocEnd) heredocEnd = undefined;
      continue;
    }
    if (code === "" || code.startsWith("#")) continue;
    if (code === "__END__") break;
    heredocEnd = /<<[~-](["']?)(\w+)\1/.exec(code)?.[2];
    const around = blocks.at(-1);
    const platform = around?.platform ?? ANYWHERE;
    if (around?.opaque !== true) statements.push({ ...platform, line, text: code });
    if (/^end\b/.test(code)) {
      if (blocks.pop() === undefined) throw cannotFollow(file, line, "an `end` too many");
    } else if (/^(else|elsif|when|rescue|ensure)\b/.test(code)) {
      const closed = blocks.pop();
      if (closed === undefined) throw cannotFollow(file, line, `\`${code}\` outside of a block`);
      blocks.push({ ...branch(code, closed, blocks.at(-1)?.platform ?? ANYWHERE), line });
    } else if (opensBlock(code)) {
      blocks.push({ ...enter(code, platform), opaque: around?.opaque === true || enter(code, platform).opaque, line });
    }
  }
  const open = blocks.at(-1);
  if (open !== undefined) throw cannotFollow(file, open.line, "a block that is never closed");
  return statements;
}

function opensBlock(code: string): boolean {
  if (/\bend$/.test(code) && /^(if|unless|def|class|case)\b.*[;\s]end$/.test(code)) return false;
  return (
    /^(class|module|def|if|unless|case|while|until|for|begin)\b/.test(code) ||
    /=\s*(if|unless|case|begin|while)\b/.test(code) ||
    /\bdo(\s*\|[^|]*\|)?$/.test(code)
  );
}

function enter(code: string, around: Platform): Omit<Block, "line"> {
  if (/^class\b/.test(code)) return { platform: around, opaque: false };
  const condition = /^if\s+(.+)$/.exec(code)?.[1];
  if (condition !== undefined) return under(condition, around);
  const block = /^(\w+)\s+do$/.exec(code)?.[1] ?? "";
  const named = Object.hasOwn(PLATFORM_BLOCKS, block) ? PLATFORM_BLOCKS[block] : undefined;
  return named === undefined
    ? { platform: around, opaque: true }
    : { platform: { ...around, ...named }, opaque: false };
}

/** `else` is the other system or processor, where the condition before it named just one of the two. */
function branch(code: string, closed: Block, around: Platform): Omit<Block, "line"> {
  if (closed.opaque) return { platform: around, opaque: true };
  const condition = /^elsif\s+(.+)$/.exec(code)?.[1];
  if (condition !== undefined) return under(condition, around);
  const { os, arch } = closed.platform;
  const byOs = os !== around.os;
  const byArch = arch !== around.arch;
  if (code !== "else" || byOs === byArch) return { platform: around, opaque: true };
  const other: Partial<Platform> = byOs ? { os: otherOs(os) } : { arch: otherArch(arch) };
  return { platform: { ...around, ...other }, opaque: false };
}

function under(condition: string, around: Platform): Omit<Block, "line"> {
  const parts = condition.split("&&").map((part) => part.trim());
  const known = parts.map((part) => (Object.hasOwn(CONDITIONS, part) ? CONDITIONS[part] : undefined));
  if (known.includes(undefined)) return { platform: around, opaque: true };
  return { platform: Object.assign({ ...around }, ...known), opaque: false };
}

function otherOs(os: Os | undefined): Os {
  return os === "macos" ? "linux" : "macos";
}

function otherArch(arch: Arch | undefined): Arch {
  return arch === "arm" ? "intel" : "arm";
}

function cannotFollow(file: string, line: number, what: string): FormulaError {
  return new FormulaError(`${file} cannot be followed: line ${line} has ${what}`, { location: { file, line } });
}
