import { formatReference, parseReference } from "@release-actions/image-reference";
import type { Reporter } from "@release-actions/report";
import { call } from "./call.ts";
import type { Engine } from "./engine.ts";
import { EngineError } from "./fault.ts";
import { type Image, inspectImage } from "./images.ts";
import { progressOf } from "./message-progress.ts";
import { readMessages } from "./messages.ts";
import { formatPlatform, type Platform } from "./platform.ts";
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
 * @throws EngineError with the reason, also when the engine says no word of an error and yet has no
 * such image afterwards.
 */
export function pullImage(engine: Engine, reference: string, options: PullOptions): Promise<Image> {
  const { tag = "latest", digest, ...name } = parseReference(reference);
  const repository = formatReference(name);
  const { reporter, platform, credentials, signal } = options;
  const doing = `pulling ${reference}`;
  return retryOverRestart(engine, options, async () => {
    const answer = await call(engine, {
      method: "POST",
      path: "/images/create",
      query: {
        fromImage: repository,
        tag: digest ?? tag,
        platform: platform === undefined ? undefined : formatPlatform(platform),
      },
      headers: credentials === undefined ? {} : { "x-registry-auth": authHeader(credentials) },
      signal,
      doing,
    });
    const showProgress = progressOf(doing, reporter);
    for await (const message of readMessages(answer.body, doing)) showProgress(message);
    const pulled = digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
    const image = await inspectImage(engine, pulled, { platform, signal });
    if (image === undefined) throw new EngineError(doing, "nothing of an error, yet it has no such image now");
    return image;
  });
}

/** RFC 4648, section 5, padded: an engine takes what it cannot decode for no credentials, and says nothing. */
function authHeader({ username, password }: RegistryCredentials): string {
  const base64 = Buffer.from(JSON.stringify({ username, password })).toString("base64");
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}
