import { placeOf, type Site } from "@release-actions/pins";
import type { Verdict } from "./check-and-fix.ts";

/** The most places that are listed; further ones are only counted. */
const MAX_PLACES = 5;

/** A row for every value of a fact: the name of the fact, the value, its places, and the findings about it. */
export function factRows({ facts, findings }: Verdict): string[][] {
  return facts.flatMap(({ name, sites }) => {
    const values = Map.groupBy(sites, ({ value }) => value);
    return [...values].map(([value, places]) => {
      const broken = findings.filter(({ follower, leader }) =>
        [follower, leader].some((site) => isAmong(site, places)),
      );
      const breaches = new Set(
        broken.map(({ relation, severity }) => `${severity}: ${relation.kind} (${relation.name})`),
      );
      return [name, value, listPlaces(places), [...breaches].join(", ") || "ok"];
    });
  });
}

function isAmong(site: Site | undefined, places: readonly Site[]): boolean {
  return places.some((place) => site !== undefined && place.value === site.value && placeOf(place) === placeOf(site));
}

function listPlaces(places: readonly Site[]): string {
  const shown = places.slice(0, MAX_PLACES).map((site) => (site.location === undefined ? "the tag" : placeOf(site)));
  return [...shown, ...(places.length > MAX_PLACES ? [`and ${places.length - MAX_PLACES} more`] : [])].join(", ");
}
