import { Fault } from "@release-actions/report";
import validRange from "semver/ranges/valid.js";

/** What kind of release a version is, compared with the versions that exist. */
export type Channel = "stable" | "backport" | "prerelease" | "build";

/** What happens to a Homebrew formula. A tap offers only one version of a formula. */
export type FormulaRule = "push" | "versioned" | "commit" | "skip" | "refuse";

/**
 * Where a release of one channel goes. Names may contain `{version}`, `{line}` (`1.7`) and `{major}`.
 *
 * A name moves forwards only, whatever the rules say: a name with `{version}` belongs to that version, a name with
 * `{line}` or `{major}` goes to the highest version of that line or major, and any other name to the highest version of
 * all.
 */
export interface ChannelRule {
  /** Image tags: the release gets all that it may take. `+` becomes `_`, since a tag cannot contain `+`. */
  readonly image: readonly string[];
  /**
   * npm's dist-tags in order of preference: the release gets the first that it may take, since npm publishes under
   * exactly one. Empty: not published.
   */
  readonly npm: readonly string[];
  readonly formula: FormulaRule;
  /** The chart's version and tag. Empty: not published. */
  readonly chart: readonly string[];
}

export type Rules = Readonly<Record<Channel, ChannelRule>>;

export const DEFAULT_RULES: Rules = {
  stable: { image: ["{version}", "{line}", "latest"], npm: ["latest"], formula: "push", chart: ["{version}"] },
  backport: {
    image: ["{version}", "{line}"],
    npm: ["release-{line}", "release-{version}"],
    formula: "refuse",
    chart: ["{version}"],
  },
  prerelease: {
    image: ["{version}"],
    npm: ["next", "next-{line}", "next-{version}"],
    formula: "commit",
    chart: ["{version}"],
  },
  // npm drops build metadata, so 1.7.4+hotfix.1 would be published as 1.7.4; Homebrew ignores it as well.
  build: { image: ["{version}"], npm: [], formula: "refuse", chart: ["{version}"] },
};

export class RulesError extends Fault {
  override readonly name = "RulesError";
}

const CHANNELS: readonly string[] = Object.keys(DEFAULT_RULES);
const SUBJECTS = ["image", "npm", "formula", "chart"] as const;
const FORMULA_RULES: readonly string[] = ["push", "versioned", "commit", "skip", "refuse"] satisfies FormulaRule[];

/**
 * Reads changes to the default rules, one per line: `backport.formula: versioned` or
 * `stable.image: {version} {line} {major} latest`. `none` empties a list.
 */
export function parseRules(lines: readonly string[], base: Rules = DEFAULT_RULES): Rules {
  const rules = { ...base };
  for (const line of lines) {
    const [, channel = "", subject = "", value = ""] = /^(\w+)\.(\w+)\s*[:=]\s*(.+)$/.exec(line.trim()) ?? [];
    if (!isChannel(channel) || !isSubject(subject)) {
      throw new RulesError(
        `the rule ${JSON.stringify(line)} is not understood, expected <channel>.<subject>: <value>, ` +
          `with a channel of ${CHANNELS.join(", ")} and a subject of ${SUBJECTS.join(", ")}`,
      );
    }
    const words = value.split(/[\s,]+/).filter((word) => word !== "" && word !== "none");
    const parsed =
      subject === "formula" ? parseFormulaRule(value, line) : words.map((word) => parseName(word, subject, line));
    rules[channel] = { ...rules[channel], [subject]: parsed };
  }
  return rules;
}

function isChannel(text: string): text is Channel {
  return CHANNELS.includes(text);
}

function isSubject(text: string): text is (typeof SUBJECTS)[number] {
  return SUBJECTS.some((subject) => subject === text);
}

function parseFormulaRule(value: string, line: string): FormulaRule {
  if (!FORMULA_RULES.includes(value)) {
    throw new RulesError(`the rule ${JSON.stringify(line)} has an unknown value, expected ${FORMULA_RULES.join(", ")}`);
  }
  return value as FormulaRule;
}

function parseName(template: string, subject: "image" | "npm" | "chart", line: string): string {
  const example = template.replace(/\{(version|line|major)\}/g, "1");
  const rule = `the rule ${JSON.stringify(line)}`;
  requireTagName(example, template, rule);
  if (subject === "npm") requireNoVersion(example, template, rule);
  return template;
}

/** Checks a dist-tag as npm does. `what` says where it was given, for the message. */
export function requireDistTag(name: string, what: string): string {
  requireTagName(name, name, what);
  requireNoVersion(name, name, what);
  return name;
}

/** The grammar of a tag (OCI distribution spec, "Pulling manifests"), also applied to npm's dist-tags. */
function requireTagName(name: string, shown: string, what: string): void {
  if (/^\w[\w.-]{0,127}$/.test(name)) return;
  throw new RulesError(`${what} names ${JSON.stringify(shown)}, which is not a tag`, {
    advice: "Use letters, digits, `.`, `_`, `-` and, in a rule, the placeholders {version}, {line} and {major}.",
  });
}

function requireNoVersion(name: string, shown: string, what: string): void {
  if (validRange(name) === null) return;
  throw new RulesError(`${what} names ${JSON.stringify(shown)}, which npm reads as a version`, {
    advice: "Put a word before it, such as release-{line}.",
  });
}
