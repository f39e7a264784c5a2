import { object, string } from "@release-actions/json";
import { call, callJson, collect } from "./call.ts";
import type { Engine } from "./engine.ts";
import { EngineError } from "./fault.ts";
import type { ImageOptions } from "./images.ts";
import { platformParameter } from "./platform.ts";

export type Usability = { readonly kind: "usable" } | { readonly kind: "unusable"; readonly reason: string };

const createdAnswer = object({ Id: string });

/**
 * Creates a container from the image, which makes the engine unpack it, and removes the container without running it.
 * An engine may list an image, or load it without an error, although it cannot create a container from it.
 */
export async function tryImage(engine: Engine, image: string, options: ImageOptions = {}): Promise<Usability> {
  const { platform, signal } = options;
  const doing = `creating a container from ${image}`;
  const create = {
    method: "POST",
    path: "/containers/create",
    query: { platform: platform === undefined ? undefined : platformParameter(platform) },
    headers: { "content-type": "application/json" },
    // An image may have no command, so one is given; it never runs.
    body: JSON.stringify({ Image: image, Entrypoint: ["/never-run"], Cmd: [], NetworkDisabled: true }),
    signal,
    doing,
  } as const;
  try {
    const { Id } = await callJson(engine, create, createdAnswer);
    await removeContainer(engine, Id);
    return { kind: "usable" };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { kind: "unusable", reason: error.said };
  }
}

/** This ignores the signal, so that the container is removed even after a cancellation. */
async function removeContainer(engine: Engine, id: string): Promise<void> {
  const doing = "removing the test container";
  const query = { force: "true", v: "true" };
  const answer = await call(engine, { method: "DELETE", path: `/containers/${id}`, query, doing });
  await collect(answer.body, doing);
}
