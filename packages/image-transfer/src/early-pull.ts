import { type Engine, imageId } from "@release-actions/docker";
import type { Document } from "@release-actions/oci";
import { isSamePlatform, type Platform } from "@release-actions/platform";
import type { Reporter } from "@release-actions/report";
import { type LoopbackPull, startPull } from "./loopback-pull.ts";

/** What decides whether a pull can start early. The names are those of `BringInOptions`. */
export interface EarlyPullOptions {
  readonly via: "registry" | "load" | "auto";
  readonly image?: string | undefined;
  readonly expectedDigest: string | undefined;
  readonly platform: Platform;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/**
 * A pull that starts when the end of the archive shows the image's root document, while the rest of the archive is still
 * examined. The engine gets documents only: its requests for anything else wait until the archive is accepted. Disposing
 * of it cancels the pull.
 */
export class EarlyPull implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #options: EarlyPullOptions;
  #started: Promise<LoopbackPull | undefined> = Promise.resolve(undefined);

  constructor(engine: Engine, options: EarlyPullOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  /** Starts the pull, unless it is clear that there will be none, or that the engine may have the image. */
  start(root: Document, platform: Platform | undefined): void {
    const { via, image, expectedDigest } = this.#options;
    const isExpected = expectedDigest === undefined || expectedDigest === root.digest;
    // Without the containerd store, engines know images by the digest of the config, which the root does not tell.
    if (!this.#engine.containerdStore || via === "load" || image !== undefined || !isExpected) return;
    this.#started = this.#start(root, platform ?? this.#options.platform);
    this.#started.catch(() => undefined); // `hasStarted` and `pullOf` report it.
  }

  async #start(root: Document, platform: Platform): Promise<LoopbackPull | undefined> {
    const { reporter, signal } = this.#options;
    if ((await imageId(this.#engine, root.digest, signal)) !== undefined) return undefined;
    const manifests = new Map([[root.digest, root]]);
    return await startPull(this.#engine, { digest: root.digest, platform, manifests, reporter, signal });
  }

  /** Whether a pull of this digest has started, which shows that the engine lacks the image. */
  async hasStarted(digest: string): Promise<boolean> {
    return (await this.#started)?.digest === digest;
  }

  /** The pull that has started, if it is this one. Cancels any other. */
  async pullOf(digest: string, platform: Platform | undefined): Promise<LoopbackPull | undefined> {
    const pull = await this.#started;
    if (pull?.digest === digest && isKnownAs(pull.platform, platform)) return pull;
    await pull?.[Symbol.asyncDispose]();
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pull = await this.#started.catch(() => undefined);
    await pull?.[Symbol.asyncDispose]();
  }
}

function isKnownAs(one: Platform | undefined, other: Platform | undefined): boolean {
  return one !== undefined && other !== undefined && isSamePlatform(one, other);
}
