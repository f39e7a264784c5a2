/**
 * The result of a comparison in Homebrew's order of versions, which differs from semver: `1.2.3-nightly.1` is above
 * `1.2.3`, and `1.2.3+hotfix.1` is between `1.2.3` and `1.2.4` (Library/Homebrew/version.rb, `Version#<=>`; tested
 * against it).
 */
export type BrewOrder = -1 | 0 | 1;

type Kind = "alpha" | "beta" | "pre" | "rc" | "patch" | "post" | "number" | "word" | "none";

interface Part {
  readonly kind: Kind;
  readonly text: string;
}

const NONE: Part = { kind: "none", text: "" };

/** The alternatives in the order in which Homebrew tries them. */
const PARTS =
  /(?<alpha>alpha\d*|a\d+)|(?<beta>beta\d*|b\d+)|(?<pre>pre\d*)|(?<rc>rc\d*)|(?<patch>p\d*)|(?<post>.post\d+)|(?<number>\d+)|(?<word>[a-z]+)/gi;

/**
 * Words that Homebrew knows, from lowest to highest. Those up to `rc` (`BELOW_NOTHING`) are also below a version that
 * ends at this point.
 */
const RANKS: readonly Kind[] = ["alpha", "beta", "pre", "rc", "patch", "post"];
const BELOW_NOTHING: readonly Kind[] = ["alpha", "beta", "pre", "rc"];

/** Compares two versions: -1 when `brew upgrade` would update from `left` to `right`, 0 when it sees no difference. */
export function compareBrewVersions(left: string, right: string): BrewOrder {
  if (left === right) return 0;
  const [ours, theirs] = [partsOf(left), partsOf(right)];
  const length = Math.max(ours.length, theirs.length);
  for (let at = 0, other = 0; at < length; ) {
    const [a, b] = [ours[at] ?? NONE, theirs[other] ?? NONE];
    const order = compareParts(a, b);
    if (order === 0) {
      at += 1;
      other += 1;
    } else if (a.kind === "number" && b.kind !== "number") {
      if (compareParts(a, NONE) > 0) return 1;
      at += 1;
    } else if (a.kind !== "number" && b.kind === "number") {
      if (compareParts(b, NONE) > 0) return -1;
      other += 1;
    } else return order;
  }
  return 0;
}

function partsOf(version: string): readonly Part[] {
  return [...version.matchAll(PARTS)].map(({ 0: text, groups = {} }) => ({ kind: kindOf(groups), text }));
}

function kindOf(groups: Record<string, string | undefined>): Kind {
  const [kind] = Object.entries(groups).find(([, text]) => text !== undefined) ?? [];
  return (kind ?? "none") as Kind; // The groups of the pattern have the names of the kinds.
}

function compareParts(a: Part, b: Part): BrewOrder {
  if (a.kind === "none") return b.kind === "none" ? 0 : compareWithNothing(b, -1);
  if (b.kind === "none") return compareWithNothing(a, 1);
  if (a.kind === "number") return b.kind === "number" ? sign(digits(a) - digits(b)) : 1;
  if (b.kind === "number") return -1;
  const [rankA, rankB] = [RANKS.indexOf(a.kind), RANKS.indexOf(b.kind)];
  const isLate = (part: Part): boolean => part.kind === "patch" || part.kind === "post";
  // Unknown words, and `p` against `post`, are compared as text.
  if (rankA < 0 || rankB < 0 || (isLate(a) && isLate(b) && rankA !== rankB))
    return sign(a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
  return rankA === rankB ? sign(digits(a) - digits(b)) : sign(rankA - rankB);
}

/** Compares a part with the end of the other version. Zero counts as equal, and pre-releases come before the end. */
function compareWithNothing(part: Part, order: 1 | -1): BrewOrder {
  if (part.kind === "number" && digits(part) === 0) return 0;
  return BELOW_NOTHING.includes(part.kind) ? (order === 1 ? -1 : 1) : order;
}

function digits({ text }: Part): number {
  return Number(/\d+/.exec(text)?.[0] ?? "0");
}

function sign(difference: number): BrewOrder {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}
