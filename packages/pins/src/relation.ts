import { type Fact, PinsError, placeOf, type Relation, type Site } from "./fact.ts";
import { parseImage, whyFloating } from "./image.ts";
import { compareExactness, compareVersions, inStyleOf, parseVersion, sameMinor } from "./version.ts";

/** One breach of a relation: two places that disagree, or one place that breaks a rule by itself. */
export interface Finding {
  readonly relation: Relation;
  readonly fact: string;
  readonly severity: "error" | "warning" | "notice";
  readonly message: string;
  /** The place with the expected value; undefined for rules about a single place. */
  readonly leader: Site | undefined;
  readonly follower: Site;
  /** The repair that `fix` makes; undefined when there is none. */
  readonly repair: Repair | undefined;
}

export type Repair =
  | { readonly kind: "rewrite"; readonly value: string }
  | { readonly kind: "append"; readonly items: readonly string[] };

type Breach = Pick<Finding, "message" | "repair"> & { readonly severity?: "warning" };

/** Applies a relation to the facts it names. */
export function evaluate(relation: Relation, facts: ReadonlyMap<string, Fact>): Finding[] {
  const followers = relation.followers.flatMap((name) => sitesOf(facts, name).map((site) => ({ name, site })));
  if (relation.kind === "pinned") {
    return followers.flatMap(({ name, site }) => finding(relation, name, undefined, site, notPinned(site)));
  }
  const [leader, ...others] = relation.leader === undefined ? [] : sitesOf(facts, relation.leader);
  if (leader === undefined || relation.leader === undefined) return [];
  const leading = relation.leader;
  const rest = [...others.map((site) => ({ name: leading, site })), ...followers];
  return rest.flatMap(({ name, site }) => finding(relation, name, leader, site, compare(relation, leader, site)));
}

function finding(
  relation: Relation,
  fact: string,
  leader: Site | undefined,
  follower: Site,
  breach: Breach | undefined,
): Finding[] {
  if (breach === undefined) return [];
  const severity = breach.severity ?? relation.severity ?? "error";
  return [{ relation, fact, severity, message: breach.message, leader, follower, repair: breach.repair }];
}

function sitesOf(facts: ReadonlyMap<string, Fact>, name: string): readonly Site[] {
  return facts.get(name)?.sites ?? [];
}

function compare(relation: Relation, leader: Site, follower: Site): Breach | undefined {
  switch (relation.kind) {
    case "equal":
      return unequal(leader, follower);
    case "same-minor":
    case "at-least":
      return outOfRange(relation, leader, follower);
    case "subset":
      return lacking(leader, follower);
    case "pinned":
      return undefined;
  }
}

function unequal(leader: Site, follower: Site): Breach | undefined {
  const exactness = compareExactness(leader.value, follower.value);
  if (exactness === "same") return undefined;
  const repair: Repair = { kind: "rewrite", value: inStyleOf(follower.value, leader.value) };
  const message = `${quote(follower)} here, ${quote(leader)} at ${placeOf(leader)}`;
  if (exactness === "differ") return { message, repair };
  return {
    message: `${message}: the same version, written with different precision`,
    severity: "warning",
    repair: undefined,
  };
}

function outOfRange(relation: Relation, leader: Site, follower: Site): Breach | undefined {
  const [wanted, found] = [requireVersion(leader), requireVersion(follower)];
  const holds = relation.kind === "same-minor" ? sameMinor(wanted, found) : compareVersions(found, wanted) >= 0;
  if (holds) return undefined;
  const expected = relation.kind === "same-minor" ? "the same minor version as" : "at least";
  return {
    message: `${quote(follower)} here, expected ${expected} ${quote(leader)} at ${placeOf(leader)}`,
    repair: { kind: "rewrite", value: inStyleOf(follower.value, leader.value) },
  };
}

function lacking(leader: Site, follower: Site): Breach | undefined {
  const missing = leader.items.filter((item) => !follower.items.includes(item));
  if (missing.length === 0) return undefined;
  const message = `${missing.join(" ")} of ${placeOf(leader)} is missing here`;
  return { message, repair: { kind: "append", items: missing } };
}

function notPinned(site: Site): Breach | undefined {
  const image = site.isImage ? parseImage(site.value) : undefined;
  if (image !== undefined) {
    const why = whyFloating(image);
    return why === undefined ? undefined : { message: `${quote(site)} is not pinned: ${why}`, repair: undefined };
  }
  const version = parseVersion(site.value);
  if (version?.numbers.length === 3 || /^[0-9a-f]{40}$/.test(site.value) || /-\d{4}-\d{2}-\d{2}$/.test(site.value))
    return undefined;
  return { message: `${quote(site)} is not pinned: expected a full version, commit or date`, repair: undefined };
}

function requireVersion(site: Site) {
  const version = parseVersion(site.value);
  if (version !== undefined) return version;
  throw new PinsError(`${placeOf(site)}: ${quote(site)} is not a version`, { location: site.location });
}

function quote(site: Site): string {
  return site.value.length > 120 ? `"${site.value.slice(0, 117)}..."` : `"${site.value}"`;
}
