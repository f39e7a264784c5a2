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

/** For the registry the image comes from; sent to the engine, which passes it on there. */
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
 * Has the engine pull an image by tag (`latest` when there is neither) or by digest, and returns
 * what it then has under that name.
 *
 * @throws EngineError with the reason, also when the engine reports no error and the image is missing afterwards;
 * IncompleteImageError when the image is there without all of its content.
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
    // Without its content the containerd store cannot tell what an image is for.
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
  /** Or a digest. */
  readonly tag: string;
  readonly platform: Platform | undefined;
  readonly isLoopback: boolean;
}

function dockerPull({ repository, tag, platform }: Wanted): Pick<ApiCall, "path" | "query"> {
  const query = { fromImage: repository, tag, platform: platform && platformParameter(platform) };
  return { path: "/images/create", query };
}

/** Docker takes plain HTTP from the loopback by itself; of podman, only its own API can be told to. */
function podmanPull({ repository, tag, platform, isLoopback }: Wanted): Pick<ApiCall, "path" | "query"> {
  return {
    path: "/libpod/images/pull",
    query: {
      reference: `${repository}${tag.includes(":") ? "@" : ":"}${tag}`,
      policy: "always",
      compatMode: "true", // Messages as Docker's; before podman 4.5 they come without progress.
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

/** RFC 4648, section 5, padded: an engine takes what it cannot decode for no credentials, and says nothing. */
function authHeader({ username, password }: RegistryCredentials): string {
  const base64 = Buffer.from(JSON.stringify({ username, password })).toString("base64");
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}
