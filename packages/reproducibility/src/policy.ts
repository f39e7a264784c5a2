import { Fault } from "@release-actions/report";
import { compileGlob } from "./glob.ts";

/** The severity of a difference. */
export type Severity = "error" | "warning" | "ignored";

/** The severity of a difference in a file, and the reason if a rule gives one. */
export interface Judgement {
  readonly severity: Severity;
  readonly reason: string | undefined;
}

/** The rules that decide which differences are errors, warnings or ignored. */
export interface PolicyInputs {
  readonly mode: "strict" | "warn";
  /** Globs for recorded paths. */
  readonly strictFor: readonly string[];
  readonly warnFor: readonly string[];
  /** Globs, each optionally with `until <date>` and `because <reason>`. */
  readonly ignore: readonly string[];
  readonly today: Date;
}

/** Creates a function that judges the difference of a file. An expired rule has no effect, and the reason says that it expired. */
export function createPolicy(inputs: PolicyInputs): (path: string) => Judgement {
  const rules = inputs.ignore.map(parseRule);
  const [strict, warn] = [matcher(inputs.strictFor), matcher(inputs.warnFor)];
  return (path) => {
    const about = rules.filter(({ matches }) => matches(path));
    const rule = about.find(({ until }) => until === undefined || inputs.today <= until);
    if (rule !== undefined) return { severity: "ignored", reason: rule.reason };
    const reason = about[0] && `\`${about[0].text}\` has expired`;
    if (strict(path)) return { severity: "error", reason };
    return { severity: warn(path) || inputs.mode === "warn" ? "warning" : "error", reason };
  };
}

/** The rules of `ignore` that match no file; their globs may be mistyped. */
export function rulesWithoutFiles(ignore: readonly string[], paths: readonly string[]): string[] {
  return ignore
    .map(parseRule)
    .filter(({ matches }) => !paths.some(matches))
    .map(({ text }) => text);
}

interface Rule {
  readonly text: string;
  readonly matches: (path: string) => boolean;
  /** The last moment at which the rule applies. */
  readonly until: Date | undefined;
  readonly reason: string | undefined;
}

function parseRule(text: string): Rule {
  const match = /^(?:"([^"]+)"|(\S+))(?:\s+until\s+(\S+))?(?:\s+because\s+(.+))?$/.exec(text);
  const [, quoted, plain = "", date, reason] = match ?? [];
  const glob = quoted ?? plain;
  const until = date === undefined ? undefined : endOfDay(date);
  if (match === null || (date !== undefined && until === undefined)) {
    throw new Fault(`input \`ignore\` has "${text}", expected <glob> [until YYYY-MM-DD] [because <reason>]`, {
      advice: "Put a glob with spaces in double quotes, and each glob on its own line.",
    });
  }
  return { text, matches: matcher([glob]), until, reason };
}

/** The last moment of a day in UTC; undefined when the date does not exist. */
function endOfDay(date: string): Date | undefined {
  const end = new Date(`${date}T23:59:59.999Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(end.getTime());
  // The conversion back catches dates such as February 30, which `Date` reads as a day in March.
  return isDay && end.toISOString().startsWith(date) ? end : undefined;
}

/** A glob without a slash matches the name in any folder. */
function matcher(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const tests = globs.map((glob) => compileGlob(glob, { basename: !glob.includes("/") }));
  return (path) => tests.some((test) => test(path));
}
