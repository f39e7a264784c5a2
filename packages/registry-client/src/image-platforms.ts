import { decodeJson, listOf, object, optional, string, text } from "@release-actions/json";
import { parseDigest } from "@release-actions/oci";
import { formatPlatform, normalizePlatform } from "@release-actions/platform";
import { RegistryError } from "./error.ts";
import type { Registry } from "./registry.ts";

const MAX_BYTES = 8 * 1024 * 1024;

const platform = object({ os: text, architecture: text, variant: optional(string) });
const document = object({
  manifests: optional(listOf(object({ platform: optional(platform) }))),
  config: optional(object({ digest: text })),
});

/** The platforms for which the registry has the image, such as `linux/amd64`; undefined when the image does not exist. */
export async function imagePlatforms(
  registry: Registry,
  repository: string,
  reference: string,
): Promise<readonly string[] | undefined> {
  const found = await registry.manifest(repository, reference);
  if (found === undefined) return undefined;
  const source = `${repository}:${reference}`;
  const { manifests, config } = decodeJson(found.bytes, document, { source, maxBytes: MAX_BYTES });
  const name = (it: { os: string; architecture: string; variant: string | undefined }): string =>
    formatPlatform(normalizePlatform(it));
  if (manifests !== undefined) return manifests.flatMap((entry) => (entry.platform ? [name(entry.platform)] : []));
  const digest = config && parseDigest(config.digest);
  if (digest === undefined) throw new RegistryError(`${source} is not an image`);
  const bytes = await registry.blob(repository, digest, MAX_BYTES);
  return [name(decodeJson(bytes, platform, { source: `the config of ${source}`, maxBytes: MAX_BYTES }))];
}
