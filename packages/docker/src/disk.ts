import { statfs } from "node:fs/promises";
import { integer, object } from "@release-actions/json";
import { callJson } from "./call.ts";
import type { Engine } from "./engine.ts";

/** Bytes that the engine's layers take, each counted once. */
export async function layersSize(engine: Engine, signal?: AbortSignal): Promise<number> {
  const call = {
    method: "GET",
    path: "/system/df",
    query: { type: "image" },
    doing: "asking for disk usage",
    signal,
  } as const;
  return (await callJson(engine, call, object({ LayersSize: integer }))).LayersSize;
}

/**
 * Bytes free where the engine keeps its images. Undefined when that place cannot be seen from here:
 * the engine is on another machine, or in a virtual one.
 */
export async function freeDisk(engine: Engine): Promise<number | undefined> {
  if (engine.endpoint.kind !== "socket") return undefined;
  try {
    const { bavail, bsize } = await statfs(engine.rootFolder);
    return bavail * bsize;
  } catch {
    return undefined; // Its folder is not one of ours.
  }
}
