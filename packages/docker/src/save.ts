import { atLeast } from "./api-version.ts";
import { call } from "./call.ts";
import type { Engine } from "./engine.ts";
import type { ImageOptions } from "./images.ts";
import type { Bytes } from "./transport.ts";

/**
 * The archive that `docker save` writes, as it comes. A name is kept in the archive, an ID gives an
 * unnamed image. The stream throws `EngineConnectionLost` when the engine breaks off.
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
