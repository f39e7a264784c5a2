import { type Fact, placeOf, plainSite, type Relation, type Site } from "../fact.ts";
import { type ImageLookup, isOfficial, promisedRust, taggedName, tagVersion, whyFloating } from "../image.ts";
import { digestsAmong } from "../keep-digest.ts";
import { evaluate, type Finding } from "../relation.ts";
import { isLikelyRust } from "../rust/image-places.ts";
import { isAside } from "../rust/place.ts";
import { compareVersions, parseVersion, type Version } from "../version.ts";
import { type Detected, NOTHING, type Sources } from "./detected.ts";
import { DIGEST_ADVICE, type ImageMention } from "./image-sites.ts";

/**
 * Checks that places which name images of the same repository use the same version. The newest version is the expected
 * one, because the usual mistake is an update that missed some places. An image without a version is a warning as long
 * as all places agree. Official images may differ from place to place, as base images do, and so may the services of
 * tests; other base images that only Dockerfiles name are a warning.
 */
export async function detectImages(
  { imageDigest }: Sources,
  images: readonly ImageMention[],
  { findings: ofRust }: Pick<Detected, "findings">,
): Promise<Detected> {
  const mentions = images.filter(({ by, site }) => by !== "pipeline" && !isAside(site.location?.file ?? ""));
  const groups = Map.groupBy(mentions, ({ image }) => image.repository);
  const facts: Fact[] = [];
  const findings: Finding[] = [];
  for (const [name, group] of groups) {
    if (group.some(({ image }) => isOfficial(image) || promisedRust(image) !== undefined)) continue;
    const ordered = newestFirst(group);
    const hasDigest = group.some(({ image }) => image.digest !== undefined);
    for (const fact of [
      tagFact(`image ${name}`, ordered),
      await digestFact(`digest of ${name}`, ordered, imageDigest),
    ]) {
      if (fact === undefined || fact.sites.length < 2) continue;
      facts.push(fact);
      const advice = hasDigest ? DIGEST_ADVICE : undefined;
      const relation: Relation = { name: "images", kind: "equal", leader: fact.name, followers: [], advice };
      findings.push(...evaluate(relation, new Map([[fact.name, fact]])).map((finding) => weigh(finding, group)));
    }
  }
  // A place that another rule has already reported is not reported again.
  const judged = new Set([...ofRust, ...findings].map(({ follower }) => placeOf(follower)));
  const built = mentions.filter(
    ({ use, runsCargo, site }) => (use === "ships" || runsCargo) && !judged.has(placeOf(site)),
  );
  facts.unshift({ name: "images", sites: built.map(({ site }) => site) });
  const pinned: Relation = { name: "pinned", kind: "pinned", followers: ["images"], severity: "warning" };
  return { ...NOTHING, facts, relations: [pinned], findings };
}

/**
 * Reduces a finding to a warning when the difference may be intended: a floating tag that ships nothing, several
 * versions in one file, or a base image.
 */
function weigh(finding: Finding, group: readonly ImageMention[]): Finding {
  const mention = group.find(({ site }) => placeOf(site) === placeOf(finding.follower));
  if (mention === undefined) return finding;
  const floats = mention.use !== "ships" && whyFloating(mention.image) !== undefined;
  if (!floats && !isAmongSeveral(mention, group) && !isBaseImage(group)) return finding;
  return { ...finding, severity: "warning", repair: undefined };
}

/** Whether only Dockerfiles name the image, and neither its name nor its use suggests that it contains Rust. */
function isBaseImage(group: readonly ImageMention[]): boolean {
  return group.every(
    ({ by, runsCargo, image }) => by === "Dockerfile" && !runsCargo && !isLikelyRust(image.repository),
  );
}

/** Whether the file tests against, or builds with, several versions of the image. */
function isAmongSeveral({ site, use }: ImageMention, group: readonly ImageMention[]): boolean {
  const beside = group.filter((each) => each.site.location?.file === site.location?.file);
  const versions = new Set(beside.map(({ image }) => tagVersion(image.tag) ?? image.tag));
  return versions.size > (use === "ships" ? 2 : 1);
}

function newestFirst(group: readonly ImageMention[]): readonly ImageMention[] {
  const versions = new Map<ImageMention, Version | undefined>(
    group.map((mention) => [mention, parseVersion(tagVersion(mention.image.tag) ?? "")]),
  );
  return [...group].sort((a, b) => {
    const [left, right] = [versions.get(a), versions.get(b)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return compareVersions(right, left);
  });
}

/** The tags to compare; undefined when no place names a version, since then none can be outdated. */
function tagFact(name: string, ordered: readonly ImageMention[]): Fact | undefined {
  if (ordered.every(({ image }) => tagVersion(image.tag) === undefined)) return undefined;
  // A digest alone names no version; it is compared with the other digests instead.
  return { name, sites: ordered.flatMap((mention) => (isDigestAlone(mention) ? [] : [tagSite(mention)])) };
}

/** The part of a tag to compare: its version, or the whole tag if it has none. */
function tagSite({ site, image }: ImageMention): Site {
  const version = tagVersion(image.tag);
  const { rewrite, location } = site;
  const value = version ?? image.tag ?? "latest";
  if (rewrite === undefined) return plainSite({ value, location });
  const [untagged = "", digest] = site.value.split("@");
  const name = image.tag === undefined ? untagged : untagged.slice(0, -image.tag.length - 1);
  return plainSite({
    value,
    location,
    rewrite: (next) => {
      const tag = version === undefined ? next : (image.tag ?? "").replace(version, next);
      return rewrite(`${name}:${tag}${digest === undefined ? "" : `@${digest}`}`);
    },
  });
}

/** The digests to compare: those with the newest tag, and those without a tag. */
async function digestFact(
  name: string,
  ordered: readonly ImageMention[],
  imageDigest: ImageLookup,
): Promise<Fact | undefined> {
  const [leader] = ordered;
  if (leader === undefined) return undefined;
  const { image, site } = leader;
  const rest = ordered.filter((each) => each !== leader && (each.image.tag === image.tag || isDigestAlone(each)));
  const sites = rest.flatMap(digestSite);
  const isAsked = image.digest === undefined && tagVersion(image.tag) !== undefined && rest.some(isDigestAlone);
  if (!isAsked) return { name, sites: [...digestSite(leader), ...sites] };
  const images = rest.map((each) => each.image);
  const digest = await digestsAmong(images, imageDigest)(taggedName(image));
  return {
    name,
    sites: [...(digest === undefined ? [] : [plainSite({ value: digest, location: site.location })]), ...sites],
  };
}

function digestSite({ site, image }: ImageMention): Site[] {
  const { digest } = image;
  if (digest === undefined) return [];
  const { value, rewrite, location } = site;
  return [plainSite({ value: digest, location, rewrite: rewrite && ((next) => rewrite(value.replace(digest, next))) })];
}

function isDigestAlone({ image }: ImageMention): boolean {
  return image.tag === undefined && image.digest !== undefined;
}
