import type { Site } from "./fact.ts";
import { type ImageName, parseImage, taggedName } from "./image.ts";

/** The digest that an image's tag has; nothing when nobody can say. */
export type DigestLookup = (image: string) => Promise<string | undefined>;

/**
 * An image whose tag changes takes the digest of the new tag along: with the old one it would be the old image
 * under a new name. Where the new digest cannot be known the image is left as it is.
 */
export function keepDigest(site: Site, lookUp: DigestLookup): Site {
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

/** Looks among the images that a repository names before it asks anybody else. */
export function digestsAmong(images: readonly ImageName[], ask: DigestLookup): DigestLookup {
  return async (name) =>
    images.find((image) => image.tag && image.digest && taggedName(image) === name)?.digest ?? (await ask(name));
}
