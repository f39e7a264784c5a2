import { listOf, object, optional, string } from "@release-actions/json";
import type { Platform } from "@release-actions/platform";
import { type ApiVersion, negotiate, parseApiVersion } from "./api-version.ts";
import { callJson, collect } from "./call.ts";
import { type Endpoint, formatEndpoint } from "./endpoint.ts";
import { EngineConnectionLost, EngineError } from "./fault.ts";
import { exchange } from "./transport.ts";

/** A running engine and its properties. The functions of this package take it as their first argument. */
export interface Engine {
  readonly endpoint: Endpoint;
  readonly product: "docker" | "podman";
  readonly version: string;
  /** The API version that both the engine and this package support. */
  readonly apiVersion: ApiVersion;
  /** The platform for which images must be built. */
  readonly platform: Platform;
  /** The name in `docker info`: `overlay2`, `overlayfs`, ... */
  readonly storageDriver: string;
  /**
   * Whether containerd stores the images. If so, the ID of an image is the digest of its manifest or index, otherwise
   * that of its config.
   */
  readonly containerdStore: boolean;
  /** The folder of the engine's data, as a path in the engine's own file system. */
  readonly rootFolder: string;
}

/** The driver type that `docker info` shows for the containerd store. */
const CONTAINERD_STORE = "io.containerd.snapshotter.v1";

const versionAnswer = object({
  Version: string,
  Os: string,
  Arch: string,
  Components: optional(listOf(object({ Name: string })), []),
});

const infoAnswer = object({
  Driver: string,
  DriverStatus: optional(listOf(listOf(string)), []),
  DockerRootDir: string,
});

/** How long an engine may take to answer the first requests. */
const ANSWER_LIMIT_MS = 10_000;

/**
 * Connects to the engine at `endpoint` and reads its properties.
 *
 * @throws EngineConnectionLost when no engine answers there
 */
export function connect(endpoint: Endpoint, signal?: AbortSignal): Promise<Engine> {
  return withinLimit(endpoint, signal, async (limited) => {
    const caller = { endpoint, apiVersion: negotiate(await askVersion(endpoint, limited)) };
    const ask = { method: "GET", doing: "reading the engine's version", signal: limited } as const;
    const version = await callJson(caller, { ...ask, path: "/version" }, versionAnswer);
    const info = await callJson(caller, { ...ask, path: "/info" }, infoAnswer);
    return {
      ...caller,
      product: version.Components.some(({ Name }) => Name.startsWith("Podman")) ? "podman" : "docker",
      version: version.Version,
      platform: { os: version.Os, architecture: version.Arch },
      storageDriver: info.Driver,
      containerdStore: info.DriverStatus.some(([key, value]) => key === "driver-type" && value === CONTAINERD_STORE),
      rootFolder: info.DockerRootDir,
    };
  });
}

/** Resolves when the engine answers. */
export async function ping(endpoint: Endpoint, signal?: AbortSignal): Promise<void> {
  await withinLimit(endpoint, signal, (limited) => askVersion(endpoint, limited));
}

/** The newest API version that the engine supports. */
async function askVersion(endpoint: Endpoint, signal: AbortSignal): Promise<ApiVersion> {
  const answer = await exchange(endpoint, { method: "GET", path: "/_ping", signal });
  const doing = `checking that ${formatEndpoint(endpoint)} is a container engine`;
  const said = (await collect(answer.body, doing)).toString("utf8").trim();
  const offered = parseApiVersion(String(answer.headers["api-version"]));
  if (answer.status !== 200 || offered === undefined) {
    throw new EngineError(doing, `${said.slice(0, 200)} (status ${answer.status})`, { status: answer.status });
  }
  return offered;
}

async function withinLimit<T>(
  endpoint: Endpoint,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
  try {
    return await work(signal === undefined ? limit : AbortSignal.any([signal, limit]));
  } catch (cause) {
    if (!limit.aborted || signal?.aborted) throw cause;
    const message = `the engine at ${formatEndpoint(endpoint)} accepts connections, but does not answer`;
    throw new EngineConnectionLost(message, { cause });
  }
}
