import { plainSite, type Site } from "../fact.ts";

/**
 * The version in a tag, as a site without a file. A run that was not started by a tag has no such site, and relations
 * with the tag are not checked.
 */
export function tagSites(tag: string | undefined, strip: string): Site[] {
  if (tag === undefined || tag === "") return [];
  return [plainSite({ value: tag.startsWith(strip) ? tag.slice(strip.length) : tag, location: undefined })];
}
