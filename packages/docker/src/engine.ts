import { listOf, object, optional, string } from "@release-actions/json";
import type { Platform } from "@release-actions/platform";
import { type ApiVersion, negotiate, parseApiVersion } from "./api-version.ts";
import { callJson, collect } from "./call.ts";
import { type Endpoint, formatEndpoint } from "./endpoint.ts";
import { EngineConnectionLost, EngineError } from "./fault.ts";
import { exchange } from "./transport.ts";

/** An engine that answers, and what it says of itself. The functions of this package take it first. */
export interface Engine {
  readonly endpoint: Endpoint;
  readonly product: "docker" | "podman";
  readonly version: string;
  /** What both sides speak. */
  readonly apiVersion: ApiVersion;
  /** What its images must be made for. */
  readonly platform: Platform;
  /** As `docker info` names it: `overlay2`, `overlayfs`, ... */
  readonly storageDriver: string;
  /**
   * Whether images are kept by containerd: an image's ID is then the digest of its manifest or
   * index, and otherwise that of its config.
   */
  readonly containerdStore: boolean;
  /** Where the engine keeps its data, as it sees its own file system. */
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

/** How long an engine may take to say what it is. */
const ANSWER_LIMIT_MS = 10_000;

/** Asks the engine at `endpoint` what it is. Throws `EngineConnectionLost` when none answers there. */
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

/** Resolves when the engine is up. */
export async function ping(endpoint: Endpoint, signal?: AbortSignal): Promise<void> {
  await withinLimit(endpoint, signal, (limited) => askVersion(endpoint, limited));
}

/** The newest version of the API that the engine speaks. */
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
