import { type Engine, type Image, pullImage, removeImage } from "@release-actions/docker";
import { type ServedImage, type ServedManifest, startLoopbackRegistry } from "@release-actions/loopback-registry";
import type { Platform } from "@release-actions/platform";
import { type Reporter, silentReporter } from "@release-actions/report";

/** How long to wait for the first request. An engine that can reach the runner's loopback address sends it at once. */
const REACH_LIMIT_MS = 10_000;

export interface PullOptions {
  /** The digest of the manifest or index to pull. */
  readonly digest: string;
  readonly platform: Platform | undefined;
  /** The documents that are known already. */
  readonly manifests?: ReadonlyMap<string, ServedManifest>;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/**
 * A pull from a loopback registry. Disposing of it cancels it if it has not ended, removes the image's name in the
 * registry from the engine, and closes the registry.
 */
export interface LoopbackPull extends AsyncDisposable {
  readonly digest: string;
  readonly platform: Platform | undefined;
  /** The image that the engine then has. */
  readonly pulled: Promise<Image>;
  /** Whether the engine has sent any request to the registry. */
  readonly isReached: () => boolean;
  /** The digests of the blobs that the engine asked for. */
  readonly fetched: () => ReadonlySet<string>;
  /** Errors of the source, which the engine only notices as connections that end early. */
  readonly errors: readonly unknown[];
  /** Gives the registry the content. Until then, the engine waits for it. */
  serve(image: ServedImage, onBytes: (bytes: number) => void): void;
}

/** Starts a loopback registry, and lets the engine pull from it. */
export async function startPull(engine: Engine, options: PullOptions): Promise<LoopbackPull> {
  const { digest, platform, manifests = new Map(), reporter, signal } = options;
  const errors: unknown[] = [];
  const rest = Promise.withResolvers<ServedImage>();
  let count = (_bytes: number): void => undefined;
  const registry = await startLoopbackRegistry({
    image: { manifests, blobs: new Map() },
    rest: rest.promise,
    onError: (error) => errors.push(error),
    onBytes: (_digest, bytes) => count(bytes),
  });
  const reference = `${registry.repository}@${digest}`;
  const stop = new AbortController();
  const timer = setTimeout(() => registry.requests() === 0 && stop.abort(), REACH_LIMIT_MS);
  const pulled = pullImage(engine, reference, {
    reporter: { ...silentReporter, debug: reporter.debug },
    platform,
    signal: AbortSignal.any([signal, stop.signal]),
  });
  const ended = pulled.then(
    () => undefined,
    () => undefined,
  );
  const close = async (): Promise<void> => {
    clearTimeout(timer);
    stop.abort();
    await ended;
    await removeImage(engine, reference).catch((error: unknown) => {
      reporter.debug(`the loopback name ${reference} stays: ${error instanceof Error ? error.message : error}`);
    });
    rest.resolve({ manifests: new Map(), blobs: new Map() });
    await registry[Symbol.asyncDispose]();
  };
  let closing: Promise<void> | undefined;
  return {
    digest,
    platform,
    pulled,
    errors,
    isReached: () => registry.requests() > 0,
    fetched: () => registry.fetched(),
    serve(image, onBytes) {
      count = onBytes;
      rest.resolve(image);
    },
    [Symbol.asyncDispose]: () => {
      closing ??= close();
      return closing;
    },
  };
}
