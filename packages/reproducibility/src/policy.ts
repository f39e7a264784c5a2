import { Fault } from "@release-actions/report";
import { compileGlob } from "./glob.ts";

export type Severity = "error" | "warning" | "ignored";

/** How a difference of a file is to be taken, and why where a rule gives a reason. */
export interface Judgement {
  readonly severity: Severity;
  readonly reason: string | undefined;
}

export interface PolicyInputs {
  readonly mode: "strict" | "warn";
  /** Globs over recorded paths. */
  readonly strictFor: readonly string[];
  readonly warnFor: readonly string[];
  /** Globs, each optionally with `until <date>` and `because <reason>`. */
  readonly ignore: readonly string[];
  readonly today: Date;
}

/** A rule of `ignore` that cannot be read. */
export class PolicyError extends Fault {
  override readonly name = "PolicyError";
}

/** Says how a difference of a file is to be taken. An expired rule no longer holds, and its reason says so. */
export function createPolicy(inputs: PolicyInputs): (path: string) => Judgement {
  const rules = inputs.ignore.map(parseRule);
  const [strict, warn] = [matcher(inputs.strictFor), matcher(inputs.warnFor)];
  return (path) => {
    const rule = rules.find(({ matches }) => matches(path));
    if (rule !== undefined && (rule.until === undefined || inputs.today <= rule.until)) {
      return { severity: "ignored", reason: rule.reason };
    }
    const reason = rule && `\`${rule.text}\` has expired`;
    if (strict(path)) return { severity: "error", reason };
    return { severity: warn(path) || inputs.mode === "warn" ? "warning" : "error", reason };
  };
}

interface Rule {
  readonly text: string;
  readonly matches: (path: string) => boolean;
  /** The last moment at which it holds. */
  readonly until: Date | undefined;
  readonly reason: string | undefined;
}

function parseRule(text: string): Rule {
  const match = /^(\S+)(?:\s+until\s+(\S+))?(?:\s+because\s+(.+))?$/.exec(text);
  const [, glob = "", date, reason] = match ?? [];
  const until = date === undefined ? undefined : new Date(`${date}T23:59:59.999Z`);
  const isDate = until === undefined || (/^\d{4}-\d\d-\d\d$/.test(date ?? "") && !Number.isNaN(until.getTime()));
  if (match === null || !isDate) {
    throw new PolicyError(`input \`ignore\` has "${text}", expected <glob> [until YYYY-MM-DD] [because <reason>]`);
  }
  return { text, matches: matcher([glob]), until, reason };
}

/** A glob without a slash matches the name in any folder. */
function matcher(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const tests = globs.map((glob) => compileGlob(glob, { basename: !glob.includes("/") }));
  return (path) => tests.some((test) => test(path));
}
