import { detectBrewVersion } from "./brew-detect.ts";
import { type Arch, FormulaError, type Os } from "./formula.ts";
import { optionOf } from "./parse.ts";
import { type Statement, scanFormula } from "./scan.ts";

/** A formula of a tap. Homebrew orders formulae of the same name by scheme, version and revision. */
export interface TapFormula {
  /** `undefined` when neither a `version` nor a URL gives it. */
  readonly version: string | undefined;
  readonly revision: number;
  readonly scheme: number;
  /**
   * The SHA-256 that each platform installs, or the URL if there is no SHA-256. The key is a platform such as
   * `macos arm`, or a file name if the formula cannot be parsed.
   */
  readonly bytes: ReadonlyMap<string, string>;
  /** The statements and comments, with single spaces between words; empty if the formula cannot be parsed. */
  readonly lines: readonly string[];
}

const SYSTEMS: readonly Os[] = ["macos", "linux"];
const PROCESSORS: readonly Arch[] = ["arm", "intel"];

/** Reads a formula from a tap, whoever wrote it. If it cannot be parsed, it is read line by line. */
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
