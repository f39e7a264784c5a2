import { type Fact, placeOf, plainSite, type Relation, type Site } from "../fact.ts";
import type { Finding } from "../relation.ts";
import { compareExactness } from "../version.ts";
import type { Chart } from "./charts.ts";

export interface TagOwners {
  /** The version of the product, where the workspace has one. */
  readonly product: readonly Site[];
  /** Every crate's version, by name. */
  readonly crates: ReadonlyMap<string, Site>;
  readonly charts: readonly Chart[];
}

/** Tags that are moved, and mean no version. */
const ROLLING =
  /^(nightly|latest|edge|canary|dev|devel|tip|main|master|stable|beta|unstable|preview|continuous)([-_./].*)?$/i;
const TAG = /^(?:(.+?)[-/@_])??v?(\d+(?:\.\d+){1,2}(?:[-+].*)?)$/;

/** `v1.2.3` is the product's version, or that of any crate where each has its own; `name-v1.2.3` that of the crate. */
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
      : `"${site.value}" is the tag, ${known}${more}: no crate that the tag ${tag} may mean has that version`;
  const relation: Relation = { name: "version", kind: "equal", leader: "version", followers: ["tag"] };
  const finding: Finding = {
    relation,
    fact: "tag",
    severity: "error",
    message,
    leader: first,
    follower: site,
    repair: undefined,
  };
  return { facts, findings: [finding], notes: [] };
}

function candidatesOf(prefix: string | undefined, { product, crates, charts }: TagOwners): Site[] {
  const named = prefix === undefined ? undefined : crates.get(prefix);
  if (named !== undefined) return [named];
  const chart = charts.find(({ name }) => prefix === name || /^(helm|chart)/.test(prefix ?? ""));
  if (prefix !== undefined && chart?.version !== undefined) return [chart.version];
  const unique = new Map([...product, ...crates.values()].map((site) => [placeOf(site), site]));
  // A bare version is the product's where there is one; a name that no crate has may stand for any of them.
  return product.length > 0 && prefix === undefined ? [...product] : [...unique.values()];
}
