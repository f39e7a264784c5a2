import { plainSite, type Site } from "../fact.ts";

/** The version in a tag, as a site in no file. Outside a run of a tag there is none, and relations to it hold. */
export function tagSites(tag: string | undefined, strip: string): Site[] {
  if (tag === undefined || tag === "") return [];
  return [plainSite({ value: tag.startsWith(strip) ? tag.slice(strip.length) : tag, location: undefined })];
}
