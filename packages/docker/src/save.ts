import { atLeast } from "./api-version.ts";
import { call } from "./call.ts";
import type { Engine } from "./engine.ts";
import type { ImageOptions } from "./images.ts";
import type { Bytes } from "./transport.ts";

/**
 * Streams the archive that `docker save` would write. An image that is given by name keeps it in the archive, one that
 * is given by ID has no name there. The stream throws `EngineConnectionLost` when the connection breaks.
 */
export async function saveImages(
  engine: Engine,
  images: readonly string[],
  options: ImageOptions = {},
): Promise<Bytes> {
  const { platform, signal } = options;
  const answer = await call(engine, {
    method: "GET",
    path: "/images/get",
    query: {
      names: images,
      platform: platform !== undefined && atLeast(engine.apiVersion, "1.48") ? JSON.stringify(platform) : undefined,
    },
    signal,
    doing: `saving ${images.join(", ")}`,
  });
  return answer.body;
}
