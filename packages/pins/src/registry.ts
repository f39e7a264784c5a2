import { createTransport } from "@release-actions/http";
import { parseReference } from "@release-actions/image-reference";
import { decodeJson, listOf, mapOf, object, optional, string, text } from "@release-actions/json";
import { parseDigest } from "@release-actions/oci";
import { openRegistry, type Registry, type RegistryDocument } from "@release-actions/registry-client";
import type { DetectOptions } from "./detect/detected.ts";

/** The time limit for a registry, in total. If it does not answer in time, the pin is checked without it. */
const LIMIT_MS = 3000;
/** One attempt only, because the check must not wait for a registry that fails. */
const PATIENCE = { budgetMs: 0, firstPauseMs: 0, longestPauseMs: 0 };
const MAX_BYTES = 4 * 1024 * 1024;

const manifestJson = object({
  manifests: optional(
    listOf(
      object({ digest: text, platform: optional(object({ os: optional(string), architecture: optional(string) })) }),
    ),
  ),
  config: optional(object({ digest: text })),
});
const configJson = object({
  config: optional(object({ Env: optional(listOf(string), []), Labels: optional(mapOf(string), new Map()) })),
});

/**
 * Asks an image's registry, without credentials, for facts about the image. The result is undefined if the registry cannot be
 * reached or the image is private or gone; this is not a finding and is only reported through `debug`.
 */
export function askRegistries(
  env: NodeJS.ProcessEnv,
  debug: (message: string) => void,
): Pick<DetectOptions, "inspectImage" | "imageDigest"> {
  const transport = createTransport(env);
  const asked = <T>(look: (image: Image) => Promise<T | undefined>) => {
    return async (name: string): Promise<T | undefined> => {
      try {
        const { registry, repository, tag = "latest", digest } = parseReference(name);
        const signal = AbortSignal.timeout(LIMIT_MS);
        const open = openRegistry(registry, { transport, patience: PATIENCE, signal });
        const manifest = await open.manifest(repository, digest ?? tag);
        if (manifest !== undefined) return await look({ name, registry: open, repository, manifest });
        debug(`${name}: the registry does not have it`);
      } catch (error) {
        debug(`${name}: ${error instanceof Error ? error.message : error}`);
      }
      return undefined;
    };
  };
  return { inspectImage: asked(rustInside), imageDigest: asked(async ({ manifest }) => manifest.digest) };
}

interface Image {
  readonly name: string;
  readonly registry: Registry;
  readonly repository: string;
  readonly manifest: RegistryDocument;
}

/** The Rust release inside, from the variable `RUST_VERSION` or a label such as `org.example.rust-version` (OCI image spec, config.md). */
async function rustInside({ name, registry, repository, manifest }: Image): Promise<string | undefined> {
  const source = `the manifest of ${name}`;
  const top = decodeJson(manifest.bytes, manifestJson, { source, maxBytes: MAX_BYTES });
  const child = top.manifests?.find(({ platform }) => platform?.os === "linux" && platform.architecture === "amd64");
  const bytes = child && (await registry.manifest(repository, child.digest))?.bytes;
  const { config } = bytes === undefined ? top : decodeJson(bytes, manifestJson, { source, maxBytes: MAX_BYTES });
  const digest = config && parseDigest(config.digest);
  if (digest === undefined) return undefined;
  const blob = await registry.blob(repository, digest, MAX_BYTES);
  const found = decodeJson(blob, configJson, { source: `the config of ${name}`, maxBytes: MAX_BYTES });
  const labels = [...(found.config?.Labels ?? [])].map(([label, value]) => `${label}=${value}`);
  return rustRelease([...(found.config?.Env ?? []), ...labels]);
}

function rustRelease(lines: readonly string[]): string | undefined {
  const pattern = /(?:^|[._-])rust(?:up)?[._-]?(?:version|toolchain)=(\d+\.\d+(?:\.\d+)?)/i;
  return lines.map((line) => pattern.exec(line)?.[1]).find((release) => release !== undefined);
}
