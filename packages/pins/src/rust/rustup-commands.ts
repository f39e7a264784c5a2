import type { ShellWord } from "@release-actions/shell";

/** A word of a command that names a toolchain. */
export interface NamedToolchain {
  readonly word: ShellWord;
  /** Characters before the name: the `+` of `cargo +1.80.0`, the option of `--default-toolchain=1.80.0`. */
  readonly skip: number;
  /** rustup prefers a toolchain file to this (rustup book, "Overrides"). */
  readonly yieldsToFile: boolean;
  /** It builds a tool or installs a toolchain beside others, and does not say what the product is built with. */
  readonly installs: boolean;
}

const PROXIES = new Set(["cargo", "rustc", "rustdoc", "rustfmt", "cross", "cargo-clippy", "clippy-driver"]);
/** `rustup` commands whose names of toolchains follow, by whether an installed toolchain file wins over them. */
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
/** Options with a value. */
const WITH_VALUE = new Set([
  "--profile",
  "--component",
  "-c",
  "--target",
  "-t",
  "--path",
  "--default-host",
  "--default-toolchain",
  "--toolchain",
]);

/** The toolchains that a command names: of rustup, of its installer, or in `cargo +1.80.0`. */
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
  // `cargo +nightly install x` and `cargo +nightly fmt` say nothing of what the product is built with.
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
    if (WITH_VALUE.has(word.value ?? "")) at += 1;
    else if (!word.text.startsWith("-")) names.push(word);
  }
  const counted = ["run", "default", "override set"].includes(key) ? names.slice(0, 1) : names;
  // Of several that are installed at once each may be for something else.
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
