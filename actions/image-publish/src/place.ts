import { type Decision, decideChannel, ociTag, parseTag, type Rules, type Version } from "@release-actions/channel";
import { forEachLimited } from "@release-actions/concurrency";
import { formatReference, type ImageReference, parseReference } from "@release-actions/image-reference";
import { type BlobArrival, type Registry, type RegistryDocument, readAsWriter } from "@release-actions/registry-client";
import { Fault } from "@release-actions/report";
import type { PushableImage } from "./image.ts";

/** Uploads to one registry at a time: enough to use the bandwidth, few enough not to be throttled. */
const MAX_UPLOADS = 4;

/** One repository to publish to, and the tags to set there. */
export interface Place {
  readonly reference: ImageReference;
  readonly registry: Registry;
  readonly channel: Decision["channel"];
  /** The tags that name exactly this version: they never move to another image. */
  readonly exact: readonly string[];
  /** The tags that move from release to release. If both lists are empty, the rules do not publish the release. */
  readonly moving: readonly string[];
  /** The moving tags that still belong to this release, judged by the versions that the registry has now. */
  readonly stillMoving: () => Promise<readonly string[]>;
}

/** All tags of a place, the exact ones first. */
export function tagsOf({ exact, moving }: Place): readonly string[] {
  return [...exact, ...moving];
}

/** Reads one line of the input `images`: a repository without a tag. */
export function parsePlace(text: string): ImageReference {
  const reference = parseReference(text);
  if (reference.tag === undefined && reference.digest === undefined) return reference;
  throw new Fault(`the input \`images\` has ${JSON.stringify(text)}, expected no tag in it`);
}

/** Decides which tags to set, and refuses to change exact ones. Pushes nothing, but checks the right to push. */
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

/** How many blobs arrived in a repository, by the way in which they did (sent, mounted, or there before). */
export type Arrivals = Readonly<Record<BlobArrival, number>>;

/**
 * Pushes the blobs and manifests, but no tags, so that nobody sees the image yet.
 *
 * @param from a repository of the same registry that already has the whole image, to mount blobs from
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
  // When two releases run at once, each sets its exact tags first and so sees the other before it moves a tag.
  const moving = await place.stillMoving();
  for (const tag of moving) await setTag(place, tag, root);
  return [...place.exact, ...moving];
}

async function setTag({ reference, registry, exact }: Place, tag: string, root: RegistryDocument): Promise<void> {
  const { repository } = reference;
  const before = await registry.manifest(repository, tag);
  if (before?.digest === root.digest) return;
  // Check again: the plan is a while old, and some registries show nothing before the first push.
  if (before !== undefined && exact.includes(tag)) throw existsAlready({ ...reference, tag }, before, root);
  await registry.pushManifest(repository, tag, root);
  const there = await registry.readBack(repository, tag, root.digest);
  if (there?.digest === root.digest) return;
  throw new Fault(
    `${formatReference({ ...reference, tag })} was set to ${root.digest}, but now has ${there?.digest ?? "nothing"}`,
    { advice: "Another job pushed at the same time: publish an image from one job only." },
  );
}

function existsAlready(reference: ImageReference, there: RegistryDocument, root: RegistryDocument): Fault {
  return new Fault(
    `${formatReference(reference)} exists with the digest ${there.digest}, but this image has ${root.digest}`,
    { advice: "A published version does not change: raise the version." },
  );
}

function versionOfTag(tag: string): Version | undefined {
  const parsed = parseTag(tag.replaceAll("_", "+"));
  return parsed?.family === "" ? parsed.version : undefined;
}
