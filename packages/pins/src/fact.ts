import type { Location } from "@release-actions/report";
import { Fault } from "@release-actions/report";
import type { Edit } from "@release-actions/text";

/** Thrown for an invalid configuration, or for a fact that is missing where the configuration expects it. Carries the line. */
export class PinsError extends Fault {
  override readonly name = "PinsError";
}

/** The edits of one file that make a change; undefined when the change cannot be made. */
export type Rewrite = Edit | readonly Edit[] | undefined;

/** One place that states a fact. Paths are relative to the repository and use slashes. */
export interface Site {
  readonly value: string;
  /** The items of a list (flags, an array); for any other value, the value itself. */
  readonly items: readonly string[];
  /** Undefined for a fact that is not in a file, such as a git tag. */
  readonly location: (Location & { readonly line: number }) | undefined;
  /** The value names an image and is compared like one. */
  readonly isImage?: true;
  /** The edit that replaces the value. It is a promise when a registry must first be asked, for example for the digest of a new tag. */
  readonly rewrite?: ((value: string) => Rewrite | Promise<Rewrite>) | undefined;
  /** The edit that adds items to a list. */
  readonly append?: ((items: readonly string[]) => Rewrite | Promise<Rewrite>) | undefined;
}

/** A fact, such as the Rust release, and all places that state it. The first place is the leader. */
export interface Fact {
  readonly name: string;
  readonly sites: readonly Site[];
}

/** The kinds of rules; `Relation` describes them. */
export type RelationKind = "equal" | "same-minor" | "at-least" | "subset" | "pinned";

/**
 * A rule about a leader and its followers: they are `equal`, they have the `same-minor` version, each follower is
 * `at-least` the leader, or the leader's items are a `subset` of each follower's. `pinned` is a rule about each
 * follower alone and has no leader.
 */
export interface Relation {
  readonly name: string;
  readonly kind: RelationKind;
  readonly leader?: string | undefined;
  readonly followers: readonly string[];
  /** The severity of a breach; "error" by default. "warning" is for differences that may be intended. */
  readonly severity?: "error" | "warning";
  /** Advice for a breach that `fix` cannot repair. */
  readonly advice?: string | undefined;
}

/** Builds a site whose value is one string. */
export function plainSite(site: Omit<Site, "items">): Site {
  return { ...site, items: [site.value] };
}

/** The place of a site, such as `Cargo.toml:5`; for a site that is not in a file, its value. */
export function placeOf(site: Site): string {
  return site.location === undefined ? site.value : `${site.location.file}:${site.location.line}`;
}

/** The value of a site in quotes, for messages. */
export function quote({ value }: Site): string {
  return value.length > 120 ? `"${value.slice(0, 117)}..."` : `"${value}"`;
}

/** `"1.95" at Cargo.toml:5`, for messages. */
export function quoteWithPlace(site: Site): string {
  return `${quote(site)} at ${placeOf(site)}`;
}

/** Narrows a site to the only group of a pattern; the text around the group stays unchanged on a rewrite. */
export function narrowSite(site: Site, pattern: RegExp): Site | undefined {
  const match = new RegExp(pattern.source, `${pattern.flags.replace("d", "")}d`).exec(site.value);
  const [start, end] = match?.indices?.[1] ?? [];
  if (match?.[1] === undefined || start === undefined || end === undefined) return undefined;
  const { value: whole, location, rewrite } = site;
  return plainSite({
    value: match[1],
    location,
    rewrite: rewrite && ((value) => rewrite(whole.slice(0, start) + value + whole.slice(end))),
  });
}
