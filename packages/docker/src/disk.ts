import { statfs } from "node:fs/promises";
import { integer, object } from "@release-actions/json";
import { callJson } from "./call.ts";
import type { Engine } from "./engine.ts";

/** The size of the engine's layers in bytes, each layer counted once. */
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
 * The free bytes on the disk where the engine keeps its images. Undefined when this machine cannot see that disk
 * because the engine runs on another or a virtual machine.
 */
export async function freeDisk(engine: Engine): Promise<number | undefined> {
  if (engine.endpoint.kind !== "socket") return undefined;
  try {
    const { bavail, bsize } = await statfs(engine.rootFolder);
    return bavail * bsize;
  } catch {
    return undefined; // The engine's folder does not exist on this machine.
  }
}
