/** Options of rustc that take a value, short ones also attached: `-Copt-level=3` (`rustc --help -v`). */
const WITH_VALUE =
  /^(-[ACDFLWZlo]|--(allow|codegen|deny|forbid|warn|cfg|check-cfg|cap-lints|color|crate-name|crate-type|diagnostic-width|edition|emit|env-set|error-format|extern|force-warn|json|out-dir|print|remap-path-prefix|remap-path-scope|sysroot|target))$/;
const LONG_TO_SHORT: Readonly<Record<string, string>> = {
  "--allow": "-A",
  "--codegen": "-C",
  "--deny": "-D",
  "--forbid": "-F",
  "--warn": "-W",
};
/** Short options and what they are equivalent to according to `rustc --help`. */
const SHORTHANDS: Readonly<Record<string, string>> = { "-O": "-Copt-level=3", "-g": "-Cdebuginfo=2" };

/** One option of rustc with its value: one or two arguments. */
export interface RustFlag<Argument extends { readonly value: string } = { readonly value: string }> {
  /** The original arguments. */
  readonly args: readonly Argument[];
  /** The normalized spelling, such as `-Ctarget-cpu=native`, `--cfg=tokio_unstable`: equal flags are equal strings. */
  readonly canonical: string;
}

/** Groups arguments into options, so that `-C x`, `-Cx`, `--codegen x` and `--codegen=x` can be compared. */
export function groupFlags<Argument extends { readonly value: string }>(
  args: readonly Argument[],
): RustFlag<Argument>[] {
  const flags: RustFlag<Argument>[] = [];
  for (let at = 0; at < args.length; ) {
    const [first, second] = args.slice(at, at + 2);
    if (first === undefined) break;
    const takesNext = second !== undefined && WITH_VALUE.test(first.value);
    const used = takesNext ? [first, second] : [first];
    flags.push({ args: used, canonical: canonicalFlag(used.map((arg) => arg.value)) });
    at += used.length;
  }
  return flags;
}

function canonicalFlag([first = "", next]: readonly string[]): string {
  const shorthand = SHORTHANDS[first];
  if (shorthand !== undefined) return shorthand;
  // The value may be attached: `--codegen=x`, `-Cx`.
  const attached = /^(--[^=]*)=(.*)$/s.exec(first) ?? /^(-[ACDFLWZlo])(.+)$/s.exec(first);
  const [, option = first, value = next] = attached ?? [];
  const name = LONG_TO_SHORT[option] ?? option;
  if (value === undefined) return name;
  return name.startsWith("--")
    ? `${name}=${value}`
    : `${name}${name === "-C" || name === "-Z" ? dashedKey(value) : value}`;
}

/** In keys of -C and -Z, rustc treats `target_cpu` as `target-cpu`. */
function dashedKey(value: string): string {
  const [key = "", ...rest] = value.split("=");
  return [key.replaceAll("_", "-"), ...rest].join("=");
}
