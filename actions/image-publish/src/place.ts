import { type Decision, decideChannel, ociTag, parseTag, type Rules, type Version } from "@release-actions/channel";
import { formatReference, type ImageReference, parseReference } from "@release-actions/image-reference";
import type { Registry, RegistryDocument } from "@release-actions/registry-client";
import { ImagePublishError } from "./logins.ts";
import type { PushableImage } from "./source.ts";

/** One repository to publish to, and what is to become of it. */
export interface Place {
  readonly reference: ImageReference;
  readonly registry: Registry;
  readonly channel: Decision["channel"];
  /** The exact ones first; none: the rules keep the release out. */
  readonly tags: readonly string[];
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
  const existing = (await registry.tags(repository)).map(versionOfTag).filter((found) => found !== undefined);
  const { channel, imageTags } = decideChannel(version, existing, options.rules);
  const wanted = options.tags.length > 0 ? options.tags : imageTags;
  const exact = wanted.filter((tag) => tag === ociTag(version.text) || versionOfTag(tag) !== undefined);
  for (const tag of exact) {
    const there = await registry.manifest(repository, tag);
    if (there === undefined || (there.digest === root.digest && options.ifExists === "same")) continue;
    throw new ImagePublishError(
      `${formatReference({ ...reference, tag })} exists as ${there.digest}, and this image is ${root.digest}`,
      {
        advice: "A published version does not change: raise the version.",
      },
    );
  }
  if (wanted.length > 0) await registry.requirePush(repository);
  return { reference, registry, channel, tags: [...exact, ...wanted.filter((tag) => !exact.includes(tag))] };
}

/** Everything but the tags: nobody sees it yet. Returns how many blobs were sent. */
export async function pushContent({ reference, registry }: Place, image: PushableImage): Promise<number> {
  const { repository } = reference;
  let sent = 0;
  for (const blob of image.blobs) {
    if ((await registry.pushBlob(repository, blob)) === "sent") sent += 1;
  }
  for (const document of [...image.documents, image.root])
    await registry.pushManifest(repository, document.digest, document);
  return sent;
}

/** Sets the tags that are not there yet, and reads each back. */
export async function pushTags({ reference, registry, tags }: Place, root: RegistryDocument): Promise<void> {
  const { repository } = reference;
  for (const tag of tags) {
    if ((await registry.manifest(repository, tag))?.digest === root.digest) continue;
    await registry.pushManifest(repository, tag, root);
    const there = await registry.manifest(repository, tag);
    if (there?.digest === root.digest) continue;
    throw new ImagePublishError(
      `${formatReference({ ...reference, tag })} was set to ${root.digest} and reads ${there?.digest ?? "nothing"}`,
      {
        advice: "Something else pushed at the same time: let one job publish an image.",
      },
    );
  }
}

function versionOfTag(tag: string): Version | undefined {
  const parsed = parseTag(tag.replaceAll("_", "+"));
  return parsed?.family === "" ? parsed.version : undefined;
}
