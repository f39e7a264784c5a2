import { type Fact, placeOf, plainSite, type Relation, type Site } from "../fact.ts";
import type { Finding } from "../relation.ts";
import { compareExactness } from "../version.ts";
import type { Chart } from "./charts.ts";

export interface TagOwners {
  /** The places that state the version of the product; empty if the workspace has none. */
  readonly product: readonly Site[];
  /** The version of each crate, by the crate's name. */
  readonly crates: ReadonlyMap<string, Site>;
  readonly charts: readonly Chart[];
}

/** Tags that move from commit to commit and do not name a version. */
const ROLLING =
  /^(nightly|latest|edge|canary|dev|devel|tip|main|master|stable|beta|unstable|preview|continuous)([-_./].*)?$/i;
const TAG = /^(?:(.+?)[-/@_])??v?(\d+(?:\.\d+){1,2}(?:[-+].*)?)$/;

/** Checks that the tag names an existing version: `v1.2.3` the product's (or any crate's, if each has its own), `name-v1.2.3` that crate's. */
export function judgeTag(
  tag: string | undefined,
  owners: TagOwners,
): { facts: Fact[]; findings: Finding[]; notes: string[] } {
  if (tag === undefined || tag === "" || owners.crates.size === 0) return { facts: [], findings: [], notes: [] };
  const match = TAG.exec(tag);
  const site = plainSite({ value: match?.[2] ?? tag, location: undefined });
  const facts = [{ name: "tag", sites: [site] }];
  if (match === null && ROLLING.test(tag)) return { facts, findings: [], notes: [`The tag ${tag} names no version.`] };
  const candidates = candidatesOf(match?.[1], owners);
  if (match !== null && candidates.some(({ value }) => compareExactness(value, site.value) === "same"))
    return { facts, findings: [], notes: [] };
  const [first] = candidates;
  const known = candidates
    .slice(0, 3)
    .map((each) => `"${each.value}" at ${placeOf(each)}`)
    .join(", ");
  const more = candidates.length > 3 ? ` and ${candidates.length - 3} more crates` : "";
  const message =
    match === null
      ? `the tag ${tag} does not match a known version: expected ${known}${more}`
      : `the tag ${tag} has the version "${site.value}", expected ${candidates.length > 1 ? "one of " : ""}${known}${more}`;
  const relation: Relation = { name: "version", kind: "equal", leader: "version", followers: ["tag"] };
  const finding: Finding = { relation, fact: "tag", severity: "error", message, leader: first, follower: site };
  return { facts, findings: [finding], notes: [] };
}

function candidatesOf(prefix: string | undefined, { product, crates, charts }: TagOwners): Site[] {
  const named = prefix === undefined ? undefined : crates.get(prefix);
  if (named !== undefined) return [named];
  const chart = charts.find(({ name }) => prefix === name || /^(helm|chart)/.test(prefix ?? ""));
  if (prefix !== undefined && chart?.version !== undefined) return [chart.version];
  const unique = new Map([...product, ...crates.values()].map((site) => [placeOf(site), site]));
  // A tag without a name means the product, if it has a version. A name that no crate has may mean any crate.
  return product.length > 0 && prefix === undefined ? [...product] : [...unique.values()];
}
