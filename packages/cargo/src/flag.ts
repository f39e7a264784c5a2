/** Options of rustc that take a value, short ones also attached: `-Copt-level=3` (`rustc --help -v`). */
const SHORT_WITH_VALUE = new Set(["-A", "-C", "-D", "-F", "-L", "-W", "-Z", "-l", "-o"]);
const LONG_TO_SHORT: Readonly<Record<string, string>> = {
  "--allow": "-A",
  "--codegen": "-C",
  "--deny": "-D",
  "--forbid": "-F",
  "--warn": "-W",
};
const LONG_WITH_VALUE = new Set([
  ...Object.keys(LONG_TO_SHORT),
  ...[
    "--cfg",
    "--check-cfg",
    "--cap-lints",
    "--color",
    "--crate-name",
    "--crate-type",
    "--diagnostic-width",
    "--edition",
  ],
  ...["--emit", "--env-set", "--error-format", "--extern", "--force-warn", "--json", "--out-dir", "--print"],
  ...["--remap-path-prefix", "--remap-path-scope", "--sysroot", "--target"],
]);
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
    const takesNext = second !== undefined && (SHORT_WITH_VALUE.has(first.value) || LONG_WITH_VALUE.has(first.value));
    const used = takesNext ? [first, second] : [first];
    flags.push({ args: used, canonical: canonicalFlag(used.map((arg) => arg.value)) });
    at += used.length;
  }
  return flags;
}

function canonicalFlag([first = "", next]: readonly string[]): string {
  const shorthand = SHORTHANDS[first];
  if (shorthand !== undefined) return shorthand;
  const equals = first.startsWith("--") ? first.indexOf("=") : -1;
  const attachedShort = !first.startsWith("--") && first.length > 2 && SHORT_WITH_VALUE.has(first.slice(0, 2));
  const option = equals > 0 ? first.slice(0, equals) : attachedShort ? first.slice(0, 2) : first;
  const value = next ?? (equals > 0 ? first.slice(equals + 1) : attachedShort ? first.slice(2) : undefined);
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
