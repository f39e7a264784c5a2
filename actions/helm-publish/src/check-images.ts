import { ChartError, imagesIn } from "@release-actions/chart";
import { formatReference, parseReference } from "@release-actions/image-reference";
import { formatPlatform, parsePlatform } from "@release-actions/platform";

import { imagePlatforms } from "@release-actions/registry-client";
import type { Registries } from "./registries.ts";

/** @throws ChartError naming every image that does not exist, or that lacks one of the platforms. */
export async function checkImages(
  rendered: string,
  platforms: readonly string[],
  registries: Registries,
): Promise<readonly string[]> {
  const wanted = platforms.map((text) => {
    const platform = parsePlatform(text);
    if (platform === undefined)
      throw new ChartError(`the input \`images\` has ${JSON.stringify(text)}, expected os/architecture`);
    return formatPlatform(platform);
  });
  const images = imagesIn(rendered);
  const complaints = await Promise.all(images.map((image) => complaintAbout(image, wanted, registries)));
  const found = complaints.filter((complaint) => complaint !== undefined);
  if (found.length === 0) return images;
  throw new ChartError(`the chart names images that cannot be pulled: ${found.join("; ")}`, {
    advice: "Publish the images first, and add the job that does so to `needs`.",
  });
}

async function complaintAbout(
  image: string,
  wanted: readonly string[],
  registries: Registries,
): Promise<string | undefined> {
  const { registry, repository, tag = "latest", digest } = parseReference(image);
  const platforms = await imagePlatforms(registries(registry), repository, digest ?? tag);
  const name = formatReference({ registry, repository, ...(digest === undefined ? { tag } : { digest }) });
  if (platforms === undefined) return `${name} does not exist`;
  const missing = wanted.filter((platform) => !platforms.includes(platform));
  return missing.length === 0
    ? undefined
    : `${name} does not support ${missing.join(", ")}, only ${platforms.join(", ")}`;
}
