import { commandsOf, type ShellWord } from "@release-actions/shell";
import type { Site } from "../fact.ts";
import type { Script } from "../locate/script.ts";
import type { RustPlace } from "./place.ts";

/** A word of a command that names a toolchain. */
export interface NamedToolchain {
  readonly word: ShellWord;
  /** The number of characters before the name: the `+` of `cargo +1.80.0`, the option in `--default-toolchain=1.80.0`. */
  readonly skip: number;
  /** Whether rustup prefers a toolchain file to this toolchain (rustup book, "Overrides"). */
  readonly yieldsToFile: boolean;
  /** Whether the command only builds a tool or installs one of several toolchains, so that the product may be built with another. */
  readonly installs: boolean;
}

const PROXIES = new Set(["cargo", "rustc", "rustdoc", "rustfmt", "cross", "cargo-clippy", "clippy-driver"]);
/** `rustup` commands that are followed by toolchain names. The value says whether a toolchain file overrides them. */
const RUSTUP: ReadonlyMap<string, boolean> = new Map([
  ["toolchain install", true],
  ["toolchain add", true],
  ["toolchain update", true],
  ["install", true],
  ["update", true],
  ["default", true],
  ["override set", false],
  ["run", false],
]);
/** Options that take a value. */
const WITH_VALUE = /^(--profile|--component|-c|--target|-t|--path|--default-host|--default-toolchain|--toolchain)$/;

/** A toolchain that a script names, as a site or by a variable. */
interface ScriptToolchain extends Pick<NamedToolchain, "yieldsToFile"> {
  /** Undefined when the name depends on a variable or an expression. */
  readonly site: Site | undefined;
  /** The name as written, without quotes. */
  readonly text: string;
  /** The variable that is the whole name, as in `$NAME` and `${NAME}`. */
  readonly variable: string | undefined;
  readonly role: RustPlace["role"];
}

/** The toolchains that the commands of a script name. */
export function scriptToolchains(script: Script): ScriptToolchain[] {
  const named = commandsOf(script.text).flatMap(({ words }) => toolchainsIn(words));
  return named.map(({ word, skip, yieldsToFile, installs }) => {
    const value = word.value?.slice(skip);
    const start = (word.valueStart ?? word.start) + skip;
    const text = word.text.replace(/^"|"$/g, "").slice(skip);
    return {
      site: value === undefined ? undefined : script.site(value, start, word.valueStart !== undefined),
      text,
      variable: /^\$(?:(\w+)|\{(\w+)\})$/.exec(text)?.slice(1).find(Boolean),
      yieldsToFile,
      role: installs ? "one of several" : "only",
    };
  });
}

/** The toolchains that a command names: for rustup, for its installer, or in `cargo +1.80.0`. */
export function toolchainsIn(words: readonly ShellWord[]): NamedToolchain[] {
  const [program, ...args] = words;
  const name = program?.value?.split("/").at(-1) ?? "";
  if (PROXIES.has(name)) return proxied(args);
  if (name === "rustup") return rustup(args);
  return installed(words);
}

function proxied(args: readonly ShellWord[]): NamedToolchain[] {
  const [first, second] = args;
  if (first === undefined || !/^"?\+/.test(first.text)) return [];
  // `cargo +nightly install x` and `cargo +nightly fmt` do not determine the Rust that builds the product.
  const installs = /^(install|binstall|fmt|doc|rustdoc|miri|fuzz|udeps|public-api|semver-checks)$/.test(
    second?.value ?? "",
  );
  return [{ word: first, skip: 1, yieldsToFile: false, installs }];
}

function rustup(args: readonly ShellWord[]): NamedToolchain[] {
  const [first, second] = args.map(({ value }) => value);
  const key = RUSTUP.has(`${first} ${second}`) ? `${first} ${second}` : (first ?? "");
  const yieldsToFile = RUSTUP.get(key);
  if (yieldsToFile === undefined) return [];
  const names: ShellWord[] = [];
  const rest = args.slice(key.split(" ").length);
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at];
    if (word === undefined) break;
    if (WITH_VALUE.test(word.value ?? "")) at += 1;
    else if (!word.text.startsWith("-")) names.push(word);
  }
  const counted = ["run", "default", "override set"].includes(key) ? names.slice(0, 1) : names;
  // If a command installs several toolchains, each may have another purpose.
  return counted.map((word) => ({ word, skip: 0, yieldsToFile, installs: counted.length > 1 }));
}

/** `sh -s -- -y --default-toolchain 1.80.0`, as the installer takes it. */
function installed(words: readonly ShellWord[]): NamedToolchain[] {
  return words.flatMap((word, at): NamedToolchain[] => {
    const equals = /^--default-toolchain=/.exec(word.text);
    if (equals !== null) return [{ word, skip: equals[0].length, yieldsToFile: true, installs: false }];
    const next = words[at + 1];
    if (word.value !== "--default-toolchain" || next === undefined) return [];
    return [{ word: next, skip: 0, yieldsToFile: true, installs: false }];
  });
}
