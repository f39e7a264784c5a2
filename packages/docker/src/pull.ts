import { formatReference, parseReference } from "@release-actions/image-reference";
import { formatPlatform, type Platform } from "@release-actions/platform";
import type { Reporter } from "@release-actions/report";
import { type ApiCall, call } from "./call.ts";
import type { Engine } from "./engine.ts";
import { EngineError, IncompleteImageError } from "./fault.ts";
import { type Image, inspectImage } from "./images.ts";
import { progressOf } from "./message-progress.ts";
import { readMessages } from "./messages.ts";
import { platformParameter } from "./platform.ts";
import { retryOverRestart } from "./restart.ts";

/** Credentials for the image's registry. The engine gets them and passes them on to the registry. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

export interface PullOptions {
  readonly reporter: Reporter;
  readonly platform?: Platform | undefined;
  readonly credentials?: RegistryCredentials | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lets the engine pull an image by tag (default `latest`) or by digest, and returns the image that the engine then has
 * under that name.
 *
 * @throws EngineError with the reason, also when the engine reports no error but the image is missing afterwards;
 * IncompleteImageError when the image is present but incomplete.
 */
export function pullImage(engine: Engine, reference: string, options: PullOptions): Promise<Image> {
  const { tag = "latest", digest, ...name } = parseReference(reference);
  const repository = formatReference(name);
  const { reporter, platform, credentials, signal } = options;
  const doing = `pulling ${reference}`;
  const wanted = { repository, tag: digest ?? tag, platform, isLoopback: isLoopback(name.registry) };
  return retryOverRestart(engine, options, async () => {
    const answer = await call(engine, {
      method: "POST",
      ...(engine.product === "podman" ? podmanPull(wanted) : dockerPull(wanted)),
      headers: credentials === undefined ? {} : { "x-registry-auth": authHeader(credentials) },
      signal,
      doing,
    });
    const showProgress = progressOf(doing, reporter);
    for await (const message of readMessages(answer.body, doing)) showProgress(message);
    const pulled = digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
    const image = await inspectImage(engine, pulled, { platform, signal });
    // The containerd store does not know the platform of an image whose content is missing.
    if (image !== undefined && (image.platform.architecture !== "" || image.unpacked || !engine.containerdStore))
      return image;
    if (image !== undefined) throw new IncompleteImageError(doing, "no error, but parts of the image are missing");
    if (
      engine.containerdStore &&
      platform !== undefined &&
      (await inspectImage(engine, pulled, { signal })) !== undefined
    ) {
      throw new IncompleteImageError(
        doing,
        `no error, but parts of the image for ${formatPlatform(platform)} are missing`,
      );
    }
    throw new EngineError(doing, "no error, but the image is missing");
  });
}

interface Wanted {
  readonly repository: string;
  /** A tag or a digest. */
  readonly tag: string;
  readonly platform: Platform | undefined;
  readonly isLoopback: boolean;
}

function dockerPull({ repository, tag, platform }: Wanted): Pick<ApiCall, "path" | "query"> {
  const query = { fromImage: repository, tag, platform: platform && platformParameter(platform) };
  return { path: "/images/create", query };
}

/** Docker allows plain HTTP on loopback addresses. Podman must be told to, which only its own API supports. */
function podmanPull({ repository, tag, platform, isLoopback }: Wanted): Pick<ApiCall, "path" | "query"> {
  return {
    path: "/libpod/images/pull",
    query: {
      reference: `${repository}${tag.includes(":") ? "@" : ":"}${tag}`,
      policy: "always",
      compatMode: "true", // Messages in Docker's form; before podman 4.5 they have no progress.
      tlsVerify: isLoopback ? "false" : undefined,
      OS: platform?.os,
      Arch: platform?.architecture,
      Variant: platform?.variant,
    },
  };
}

function isLoopback(registry: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(registry);
}

/** Encodes with RFC 4648, section 5, with padding. An engine silently ignores credentials that it cannot decode. */
function authHeader({ username, password }: RegistryCredentials): string {
  const base64 = Buffer.from(JSON.stringify({ username, password })).toString("base64");
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}
