import { type Decision, decideChannel, ociTag, parseTag, type Rules, type Version } from "@release-actions/channel";
import { forEachLimited } from "@release-actions/concurrency";
import { formatReference, type ImageReference, parseReference } from "@release-actions/image-reference";
import { type BlobArrival, type Registry, type RegistryDocument, readAsWriter } from "@release-actions/registry-client";
import type { PushableImage } from "./image.ts";
import { ImagePublishError } from "./logins.ts";

/** Blobs on their way to one registry at a time: enough to fill a line, few enough not to be throttled. */
const MAX_UPLOADS = 4;

/** One repository to publish to, and what is to become of it. */
export interface Place {
  readonly reference: ImageReference;
  readonly registry: Registry;
  readonly channel: Decision["channel"];
  /** The tags that name this version alone: they stand for one image for ever. */
  readonly exact: readonly string[];
  /** Those that go from release to release. None of either: the rules keep the release out. */
  readonly moving: readonly string[];
  /** What is left of those, seen from what the registry has by now. */
  readonly stillMoving: () => Promise<readonly string[]>;
}

/** All tags of a place, the exact ones first. */
export function tagsOf({ exact, moving }: Place): readonly string[] {
  return [...exact, ...moving];
}

/** A repository as it stands in the input `images`. */
export function parsePlace(text: string): ImageReference {
  const reference = parseReference(text);
  if (reference.tag === undefined && reference.digest === undefined) return reference;
  throw new ImagePublishError(`the input \`images\` has ${JSON.stringify(text)}, expected no tag in it`);
}

/** Decides what a place is given, and refuses what must not change. Reads only, and tries whether it may write. */
export async function planPlace(
  reference: ImageReference,
  registry: Registry,
  version: Version,
  root: RegistryDocument,
  options: { readonly rules: Rules; readonly tags: readonly string[]; readonly ifExists: "same" | "refuse" },
): Promise<Place> {
  const { repository } = reference;
  const known = readAsWriter(registry);
  const decide = async ({ tags }: Pick<Registry, "tags">) => {
    const existing = (await tags(repository)).map(versionOfTag).filter((found) => found !== undefined);
    const { channel, imageTags } = decideChannel(version, existing, options.rules);
    return { channel, wanted: options.tags.length > 0 ? options.tags : imageTags };
  };
  const { channel, wanted } = await decide(known);
  const exact = wanted.filter((tag) => tag === ociTag(version.text) || versionOfTag(tag) !== undefined);
  const moving = wanted.filter((tag) => !exact.includes(tag));
  for (const tag of exact) {
    const there = await known.manifest(repository, tag);
    if (there === undefined || (there.digest === root.digest && options.ifExists === "same")) continue;
    throw existsAlready({ ...reference, tag }, there, root);
  }
  if (wanted.length > 0) await registry.requirePush(repository);
  const stillMoving = async (): Promise<readonly string[]> => {
    const now = await decide(registry);
    return moving.filter((tag) => now.wanted.includes(tag));
  };
  return { reference, registry, channel, exact, moving, stillMoving };
}

/** How many blobs came into a place in which way. */
export type Arrivals = Readonly<Record<BlobArrival, number>>;

/**
 * Everything but the tags: nobody sees it yet.
 *
 * @param from a repository of the same registry that has all of the image by now
 */
export async function pushContent(
  { reference, registry }: Place,
  image: PushableImage,
  from?: string,
): Promise<Arrivals> {
  const { repository } = reference;
  const arrivals = { sent: 0, mounted: 0, present: 0 };
  await forEachLimited(image.blobs, MAX_UPLOADS, async (blob) => {
    arrivals[await registry.pushBlob(repository, blob, from)] += 1;
  });
  for (const document of [...image.documents, image.root])
    await registry.pushManifest(repository, document.digest, document);
  return arrivals;
}

/** Sets the tags that are not there yet, reads each back, and returns those that the place has now. */
export async function pushTags(place: Place, root: RegistryDocument): Promise<readonly string[]> {
  for (const tag of place.exact) await setTag(place, tag, root);
  // Of two releases at one time both set their own tags first, so that each sees the other before it moves any (F122).
  const moving = await place.stillMoving();
  for (const tag of moving) await setTag(place, tag, root);
  return [...place.exact, ...moving];
}

async function setTag({ reference, registry, exact }: Place, tag: string, root: RegistryDocument): Promise<void> {
  const { repository } = reference;
  const before = await registry.manifest(repository, tag);
  if (before?.digest === root.digest) return;
  // The plan was made a while ago, and perhaps of a registry that showed nothing before the first push.
  if (before !== undefined && exact.includes(tag)) throw existsAlready({ ...reference, tag }, before, root);
  await registry.pushManifest(repository, tag, root);
  const there = await registry.readBack(repository, tag, root.digest);
  if (there?.digest === root.digest) return;
  throw new ImagePublishError(
    `${formatReference({ ...reference, tag })} was set to ${root.digest}, but now has ${there?.digest ?? "nothing"}`,
    { advice: "Another job pushed at the same time: publish an image from one job only." },
  );
}

function existsAlready(reference: ImageReference, there: RegistryDocument, root: RegistryDocument): ImagePublishError {
  return new ImagePublishError(
    `${formatReference(reference)} exists with the digest ${there.digest}, but this image has ${root.digest}`,
    { advice: "A published version does not change: raise the version." },
  );
}

function versionOfTag(tag: string): Version | undefined {
  const parsed = parseTag(tag.replaceAll("_", "+"));
  return parsed?.family === "" ? parsed.version : undefined;
}
