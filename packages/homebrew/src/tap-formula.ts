import { detectBrewVersion } from "./brew-detect.ts";
import { type Arch, FormulaError, type Os } from "./formula.ts";
import { optionOf } from "./parse.ts";
import { type Statement, scanFormula } from "./scan.ts";

/** A formula of a tap as Homebrew orders it against others of the same name: by scheme, version, revision. */
export interface TapFormula {
  /** `undefined` when neither a `version` nor a URL tells it. */
  readonly version: string | undefined;
  readonly revision: number;
  readonly scheme: number;
  /** What each platform installs: the SHA-256, or the address where there is none. By `macos arm`, or by file where the formula cannot be followed. */
  readonly bytes: ReadonlyMap<string, string>;
  /** Statements and comments as they are written, without white space between the words; none where it cannot be followed. */
  readonly lines: readonly string[];
}

const SYSTEMS: readonly Os[] = ["macos", "linux"];
const PROCESSORS: readonly Arch[] = ["arm", "intel"];

/** Reads what a tap has, whoever wrote it. Whatever cannot be followed is read line by line. */
export function readTapFormula(text: string): TapFormula {
  try {
    return fromStatements(scanFormula(text, "the formula in the tap"), text);
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    return fromLines(text);
  }
}

function fromStatements(all: readonly Statement[], text: string): TapFormula {
  const own = all.filter(({ place }) => place === "class");
  const firstArg = (name: string): string | undefined => {
    const args = own.find(({ tokens }) => tokens[0]?.kind === "word" && tokens[0].text === name)?.tokens.slice(1);
    return (args?.[0]?.text === "(" ? args[1] : args?.[0])?.text;
  };
  const bytes = new Map<string, string>();
  const detected: string[] = [];
  let platforms: readonly string[] = [];
  for (const { tokens, os, arch } of own) {
    const [first, ...args] = tokens;
    const value = args.find(({ kind }) => kind !== "op")?.text ?? "";
    if (first?.text === "url") {
      platforms = (os === undefined ? SYSTEMS : [os]).flatMap((system) =>
        (arch === undefined ? PROCESSORS : [arch]).map((cpu) => `${system} ${cpu}`),
      );
      for (const platform of platforms)
        bytes.set(platform, [value, optionOf(args, "tag"), optionOf(args, "revision")].join(" "));
      detected.push(detectBrewVersion(optionOf(args, "tag") ?? value) ?? "");
    } else if (first?.text === "sha256") for (const platform of platforms) bytes.set(platform, value.toLowerCase());
  }
  return {
    version: firstArg("version") ?? detected.find((version) => version !== ""),
    revision: Number(firstArg("revision") ?? 0) || 0,
    scheme: Number(firstArg("version_scheme") ?? 0) || 0,
    bytes,
    lines: [
      ...all.map(({ tokens }) => tokens.map(({ text: word }) => word).join(" ")),
      ...text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line.startsWith("#")),
    ],
  };
}

function fromLines(text: string): TapFormula {
  const urls = [...text.matchAll(/^\s*url\s+["']([^"']+)["'](?:.*\btag:\s*["']([^"']+)["'])?/gm)];
  const bytes = new Map<string, string>();
  for (const [, url = "", sha256 = ""] of text.matchAll(
    /^\s*url\s+["']([^"']+)["'].*\n\s*sha256\s+["']([0-9a-f]+)["']/gim,
  )) {
    bytes.set(url.split("/").at(-1) ?? "", sha256.toLowerCase());
  }
  return {
    version:
      /^\s*version\s+["']([^"']+)["']/m.exec(text)?.[1] ??
      urls.map(([, url = "", tag]) => detectBrewVersion(tag ?? url)).find((version) => version !== undefined),
    revision: Number(/^\s*revision\s+(\d+)/m.exec(text)?.[1] ?? 0),
    scheme: Number(/^\s*version_scheme\s+(\d+)/m.exec(text)?.[1] ?? 0),
    bytes,
    lines: [],
  };
}
