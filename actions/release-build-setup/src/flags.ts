import { type FlagArgument, groupFlags, type ResolvedFlags, type RustFlag } from "@release-actions/cargo";
import { wildcard } from "@release-actions/text";
import { SetupError } from "./fault.ts";

export interface FlagRules {
  /** Patterns of flags to leave out, in any spelling; `*` stands for anything. */
  readonly exclude: readonly string[];
  /** Flags to add, separated by spaces. */
  readonly extra: string;
}

/** One flag, its origin, and whether it is used. */
export interface FlagRow {
  readonly flag: string;
  readonly from: string;
  readonly fate: string;
}

export interface FlagPlan {
  /** The value of RUSTFLAGS, which cargo-dist reads. */
  readonly rustflags: string;
  readonly rows: readonly FlagRow[];
  /** Patterns from `exclude` that match no flag of this target. */
  readonly unused: readonly string[];
}

/** Applies the rules to the flags of one target, and records for each whether it is used. */
export function planFlags(resolved: ResolvedFlags, rules: FlagRules): FlagPlan {
  const rows: FlagRow[] = [];
  const kept: RustFlag<FlagArgument>[] = [];
  const patterns = rules.exclude.map((pattern) => ({ pattern, regex: patternRegex(pattern) }));
  const used = new Set<string>();
  for (const flag of groupFlags(resolved.args)) {
    const dropped = patterns.find(({ regex }) => regex.test(flag.canonical));
    rows.push(row(flag, dropped === undefined ? "taken" : `dropped by ${dropped.pattern}`));
    if (dropped === undefined) kept.push(flag);
    else used.add(dropped.pattern);
  }
  const origin = { name: "rustflags-extra", location: undefined };
  const extra = rules.extra.split(/\s+/).filter((word) => word !== "");
  for (const flag of groupFlags(extra.map((value) => ({ value, origin })))) {
    const known = kept.some(({ canonical }) => canonical === flag.canonical);
    rows.push(row(flag, known ? "there already" : "added"));
    if (!known) kept.push(flag);
  }
  for (const flag of groupFlags(resolved.ofProfiles))
    rows.push(row(flag, "left to cargo, which adds it for the profile"));
  for (const flag of groupFlags(resolved.overridden)) rows.push(row(flag, `overridden by ${sourceName(resolved)}`));
  const unused = rules.exclude.filter((pattern) => !used.has(pattern));
  return { rustflags: expressInVariable(kept.flatMap(({ args }) => args)), rows, unused };
}

function sourceName({ source }: ResolvedFlags): string {
  return source === "target" ? "the target's own flags" : source;
}

/** Joins the arguments for RUSTFLAGS. It is split at spaces and has no quotes, so some arguments cannot be in it. */
function expressInVariable(args: readonly FlagArgument[]): string {
  for (const { value, origin } of args) {
    if (value !== "" && !/\s/.test(value)) continue;
    const place = origin.location === undefined ? origin.name : `${origin.location.file}:${origin.location.line}`;
    throw new SetupError(
      `the flag ${JSON.stringify(value)} of ${place} cannot be expressed in RUSTFLAGS, which is split at spaces and is the only variable that cargo-dist reads`,
      {
        location: origin.location,
        advice: "Write it without white space, or leave it out with `rustflags-exclude`.",
      },
    );
  }
  return args.map(({ value }) => value).join(" ");
}

function row(flag: RustFlag<FlagArgument>, fate: string): FlagRow {
  const [first] = flag.args;
  const { name = "", location } = first?.origin ?? {};
  const from = location === undefined ? name : `${name} (${location.file}:${location.line})`;
  return { flag: flag.args.map(({ value }) => value).join(" "), from, fate };
}

/** A pattern in the normalized spelling of flags. */
function patternRegex(pattern: string): RegExp {
  const words = pattern.split(/\s+/).filter((word) => word !== "");
  const [flag, ...more] = groupFlags(words.map((value) => ({ value })));
  if (flag === undefined || more.length > 0) {
    throw new SetupError(`"${pattern}" in \`rustflags-exclude\` is not one flag, such as -Ctarget-cpu=*`);
  }
  return wildcard(flag.canonical);
}
