import { type Fact, placeOf, plainSite, type Relation, type Site } from "../fact.ts";
import { isOfficial, promisedRust, tagVersion } from "../image.ts";
import type { Repository } from "../locate/repository.ts";
import { compareVersions, parseVersion } from "../version.ts";
import type { Detected } from "./detected.ts";
import { type ImageMention, imageMentions } from "./image-sites.ts";

/**
 * Images of one repository that are named in several places carry one version. The newest leads: a bump
 * that did not reach everywhere is what goes wrong. An image without a version is a warning while all
 * places are alike. Official images may differ from place to place, as base images do.
 */
export function detectImages(repository: Repository): Detected {
  const mentions = imageMentions(repository);
  const groups = Map.groupBy(mentions, ({ image }) => image.repository);
  const facts: Fact[] = [{ name: "images", sites: mentions.map(({ site }) => site) }];
  const relations: Relation[] = [
    { name: "pinned", kind: "pinned", leader: undefined, followers: ["images"], severity: "warning" },
  ];
  for (const [name, group] of groups) {
    if (group.some(({ image }) => isOfficial(image) || promisedRust(image) !== undefined)) continue;
    const tagged = tagFact(`image ${name}`, group);
    if (tagged !== undefined) {
      facts.push(tagged);
      relations.push({ name: "images", kind: "equal", leader: tagged.name, followers: [] });
    }
    const digests = group.flatMap((mention) => digestSite(mention, group));
    if (digests.length > 1) {
      facts.push({ name: `digest of ${name}`, sites: digests });
      relations.push({ name: "images", kind: "equal", leader: `digest of ${name}`, followers: [] });
    }
  }
  return { facts, relations, elsewhere: [] };
}

/** The tags to compare, the leader first; nothing when no place says a version, so that none can be behind. */
function tagFact(name: string, group: readonly ImageMention[]): Fact | undefined {
  const versions = group.map(({ image }) => tagVersion(image.tag));
  if (group.length < 2 || versions.every((version) => version === undefined)) return undefined;
  const sites = group.map((mention, at) => tagSite(mention, versions[at]));
  const order = sites.map((site, at) => ({ site, version: parseVersion(versions[at] ?? "") }));
  order.sort((a, b) => {
    if (a.version === undefined || b.version === undefined)
      return Number(a.version === undefined) - Number(b.version === undefined);
    return compareVersions(b.version, a.version);
  });
  return { name, sites: order.map(({ site }) => site) };
}

/** What counts of a tag: its version, or all of it. A digest beside it would go stale, so nothing is rewritten then. */
function tagSite({ site, image }: ImageMention, version: string | undefined): Site {
  const value = version ?? image.tag ?? "latest";
  const { rewrite, location } = site;
  if (rewrite === undefined || image.digest !== undefined) return plainSite({ value, location });
  return plainSite({
    value,
    location,
    rewrite: (next) => {
      const tag = version === undefined ? next : (image.tag ?? "").replace(version, next);
      const name = image.tag === undefined ? site.value : site.value.slice(0, -image.tag.length - 1);
      return rewrite(`${name}:${tag}`);
    },
  });
}

/** The digest of a mention that shares its whole tag with the first of its group. */
function digestSite({ site, image }: ImageMention, group: readonly ImageMention[]): Site[] {
  const { digest, tag } = image;
  if (digest === undefined || group[0]?.image.tag !== tag) return [];
  const { rewrite, location } = site;
  const change = rewrite && { rewrite: (next: string) => rewrite(site.value.replace(digest, next)) };
  return [plainSite({ value: digest, location, ...change })];
}

export function describeMention({ site, image }: ImageMention): string {
  return `${image.repository}${image.tag === undefined ? "" : `:${image.tag}`} (${placeOf(site)})`;
}
