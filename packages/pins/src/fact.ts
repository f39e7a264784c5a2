import type { Location } from "@release-actions/report";
import { Fault } from "@release-actions/report";
import type { Edit } from "@release-actions/text";

/** A configuration that cannot be used, or a fact that is not where it should be, with the line. */
export class PinsError extends Fault {
  override readonly name = "PinsError";
}

/** The edits of one file that make a change; nothing where it cannot be made. */
export type Rewrite = Edit | readonly Edit[] | undefined;

/** One place where a fact is written down. Files are named relative to the repository, with slashes. */
export interface Site {
  readonly value: string;
  /** The parts of a list (flags, an array); of anything else the value alone. */
  readonly items: readonly string[];
  /** Nothing for what stands in no file, such as a git tag. */
  readonly location: (Location & { readonly line: number }) | undefined;
  /** It names an image, and is judged as one. */
  readonly isImage?: true;
  /** Puts another value in the place of this one. A promise where others have to be asked what goes with it. */
  readonly rewrite?: (value: string) => Rewrite | Promise<Rewrite>;
  /** The edit that adds items to a list. */
  readonly append?: (items: readonly string[]) => Rewrite | Promise<Rewrite>;
}

export interface Fact {
  readonly name: string;
  readonly sites: readonly Site[];
}

export type RelationKind = "equal" | "same-minor" | "at-least" | "subset" | "pinned";

/**
 * What must hold between a leader and its followers: they are `equal`, of the `same-minor` version, each
 * follower is `at-least` the leader, the leader's items are a `subset` of each follower's. `pinned` asks
 * it of each fact alone, and has no leader.
 */
export interface Relation {
  readonly name: string;
  readonly kind: RelationKind;
  readonly leader: string | undefined;
  readonly followers: readonly string[];
  /** How much a breach weighs; an error unless it may be meant. */
  readonly severity?: "error" | "warning";
  /** What to do about a breach that `fix` cannot mend. */
  readonly advice?: string;
}

/** Builds a site whose value is one string. */
export function plainSite(site: Omit<Site, "items">): Site {
  return { ...site, items: [site.value] };
}

/** `Cargo.toml:5`, or what the value is where it stands in no file. */
export function placeOf(site: Site): string {
  return site.location === undefined ? site.value : `${site.location.file}:${site.location.line}`;
}

/** The site narrowed to the one group of a pattern: what lies around the group stays as it is. */
export function narrowSite(site: Site, pattern: RegExp): Site | undefined {
  const match = new RegExp(pattern.source, `${pattern.flags.replace("d", "")}d`).exec(site.value);
  const [start, end] = match?.indices?.[1] ?? [];
  if (match?.[1] === undefined || start === undefined || end === undefined) return undefined;
  const rewrite = site.rewrite;
  const whole = site.value;
  return plainSite({
    value: match[1],
    location: site.location,
    ...(rewrite === undefined ? {} : { rewrite: (value) => rewrite(whole.slice(0, start) + value + whole.slice(end)) }),
  });
}
