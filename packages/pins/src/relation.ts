import { type Fact, PinsError, placeOf, quote, quoteWithPlace, type Relation, type Site } from "./fact.ts";
import { parseImage, whyFloating } from "./image.ts";
import { compareExactness, compareVersions, inStyleOf, parseVersion, sameMinor, type Version } from "./version.ts";

/** One breach of a relation: two places that disagree, or one place that breaks a rule by itself. */
export interface Finding {
  readonly relation: Relation;
  readonly fact: string;
  readonly severity: "error" | "warning" | "notice";
  readonly message: string;
  /** The place with the expected value; undefined for rules about a single place. */
  readonly leader?: Site | undefined;
  readonly follower: Site;
  /** The repair that `fix` makes; undefined when there is none. */
  readonly repair?: Repair | undefined;
}

export type Repair =
  | { readonly kind: "rewrite"; readonly value: string }
  | { readonly kind: "append"; readonly items: readonly string[] };

type Breach = Pick<Finding, "message" | "repair"> & { readonly severity?: "warning" };

/** Applies a relation to the facts it names. */
export function evaluate(relation: Relation, facts: ReadonlyMap<string, Fact>): Finding[] {
  const placesOf = (name: string) => (facts.get(name)?.sites ?? []).map((site) => ({ fact: name, site }));
  const [leader, ...others] = relation.leader === undefined ? [] : placesOf(relation.leader);
  return [...others, ...relation.followers.flatMap(placesOf)].flatMap(({ fact, site }) =>
    compare(relation, leader?.site, fact, site),
  );
}

/** Applies a relation to one place of a fact. */
export function compare(relation: Relation, leader: Site | undefined, fact: string, follower: Site): Finding[] {
  const { kind, severity = "error" } = relation;
  const breach = kind === "pinned" ? notPinned(follower) : leader && COMPARISONS[kind](leader, follower);
  return breach === undefined ? [] : [{ relation, fact, severity, leader, follower, ...breach }];
}

type Comparison = (leader: Site, follower: Site) => Breach | undefined;

const COMPARISONS: Readonly<Record<Exclude<Relation["kind"], "pinned">, Comparison>> = {
  equal: unequal,
  "same-minor": outOfRange(sameMinor, "the same minor version as"),
  "at-least": outOfRange((found, wanted) => compareVersions(found, wanted) >= 0, "at least"),
  subset: lacking,
};

function unequal(leader: Site, follower: Site): Breach | undefined {
  const exactness = compareExactness(leader.value, follower.value);
  if (exactness === "same") return undefined;
  const message = `${quote(follower)} here, ${quoteWithPlace(leader)}`;
  if (exactness === "differ") return { message, repair: rewriteTo(leader, follower) };
  return { message: `${message}: the same version, written with different precision`, severity: "warning" };
}

function outOfRange(holds: (found: Version, wanted: Version) => boolean, expected: string): Comparison {
  return (leader, follower) => {
    const wanted = requireVersion(leader);
    if (holds(requireVersion(follower), wanted)) return undefined;
    const message = `${quote(follower)} here, expected ${expected} ${quoteWithPlace(leader)}`;
    return { message, repair: rewriteTo(leader, follower) };
  };
}

function rewriteTo(leader: Site, follower: Site): Repair {
  return { kind: "rewrite", value: inStyleOf(follower.value, leader.value) };
}

function lacking(leader: Site, follower: Site): Breach | undefined {
  const missing = missingIn(leader, follower);
  if (missing.length === 0) return undefined;
  const message = `${missing.join(" ")} of ${placeOf(leader)} is missing here`;
  return { message, repair: { kind: "append", items: missing } };
}

/** The items of the leader that the follower lacks. */
export function missingIn(leader: Site, follower: Site): string[] {
  return leader.items.filter((item) => !follower.items.includes(item));
}

function notPinned(site: Site): Breach | undefined {
  const image = site.isImage ? parseImage(site.value) : undefined;
  const why = image === undefined ? whyInexact(site.value) : whyFloating(image);
  return why === undefined ? undefined : { message: `${quote(site)} is not pinned: ${why}` };
}

function whyInexact(value: string): string | undefined {
  const isExact = parseVersion(value)?.numbers.length === 3 || /^[0-9a-f]{40}$|-\d{4}-\d{2}-\d{2}$/.test(value);
  return isExact ? undefined : "expected a full version, commit or date";
}

function requireVersion(site: Site): Version {
  const version = parseVersion(site.value);
  if (version !== undefined) return version;
  throw new PinsError(`${placeOf(site)}: ${quote(site)} is not a version`, { location: site.location });
}
