import type { Site } from "./fact.ts";
import { type ImageLookup, type ImageName, parseImage, taggedName } from "./image.ts";

/**
 * Makes a rewrite of an image's tag replace the digest too: with the old digest it would be the old image under a new
 * name. If the new digest is unknown, the image is not rewritten.
 */
export function keepDigest(site: Site, lookUp: ImageLookup): Site {
  const { rewrite, value: before } = site;
  const image = parseImage(before);
  if (rewrite === undefined || image?.digest === undefined) return site;
  const { digest } = image;
  return {
    ...site,
    rewrite: async (value) => {
      const next = parseImage(value);
      if (next?.digest !== digest || taggedName(next) === taggedName(image)) return rewrite(value);
      const found = await lookUp(taggedName(next));
      return found === undefined ? undefined : rewrite(value.replace(digest, found));
    },
  };
}

/** Looks for the digest among the images that the repository names before asking a registry. */
export function digestsAmong(images: readonly ImageName[], ask: ImageLookup): ImageLookup {
  return async (name) =>
    images.find((image) => image.tag && image.digest && taggedName(image) === name)?.digest ?? (await ask(name));
}
