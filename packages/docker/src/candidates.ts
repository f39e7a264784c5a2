import path from "node:path";
import { currentContext, endpointOfContext, tlsFilesIn } from "./context.ts";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";

/** The properties of the machine that decide where to look for an engine. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** The user ID; undefined on systems without user IDs. */
  readonly uid: number | undefined;
  /** The folder that contains `run` and `var`: `/`, except in tests. */
  readonly root: string;
}

/** An address at which an engine may listen, and the setting or default that it comes from. */
export interface Candidate {
  readonly origin: string;
  readonly endpoint: Endpoint;
}

/**
 * Where to look for an engine, best first. If `DOCKER_HOST` or a docker context is set, that is the only candidate,
 * since the docker client would not see images in another engine.
 */
export async function findCandidates(surroundings: Surroundings): Promise<readonly Candidate[]> {
  const { env, home, platform } = surroundings;
  const configFolder = env["DOCKER_CONFIG"] || path.join(home, ".docker");
  const host = env["DOCKER_HOST"];
  if (host)
    return [{ origin: "DOCKER_HOST", endpoint: parseEndpoint(host, "DOCKER_HOST", tlsFromEnv(env, configFolder)) }];
  const context = await currentContext(configFolder, env);
  if (context !== undefined) {
    const endpoint = await endpointOfContext(configFolder, context);
    return [{ origin: `the docker context "${context.name}"`, endpoint }];
  }
  return platform === "win32" ? [socket("the default pipe", "//./pipe/docker_engine")] : unixSockets(surroundings);
}

function unixSockets({ env, platform, uid, root }: Surroundings): Candidate[] {
  const runtimeFolder = env["XDG_RUNTIME_DIR"] || (uid === undefined ? undefined : path.join(root, `run/user/${uid}`));
  const candidates = [socket("the default socket", path.join(root, "var/run/docker.sock"))];
  if (runtimeFolder !== undefined) candidates.push(socket("rootless Docker", path.join(runtimeFolder, "docker.sock")));
  const podmanHost = env["CONTAINER_HOST"];
  if (podmanHost) candidates.push({ origin: "CONTAINER_HOST", endpoint: parseEndpoint(podmanHost, "CONTAINER_HOST") });
  if (platform !== "linux") return candidates;
  candidates.push(socket("podman", path.join(root, "run/podman/podman.sock")));
  if (runtimeFolder !== undefined) {
    candidates.push(socket("rootless podman", path.join(runtimeFolder, "podman/podman.sock")));
  }
  return candidates;
}

function socket(origin: string, socketPath: string): Candidate {
  return { origin, endpoint: { kind: "socket", path: socketPath } };
}

/** As in the docker client, any non-empty value of `DOCKER_TLS_VERIFY` enables TLS. */
function tlsFromEnv(env: Surroundings["env"], configFolder: string): ReturnType<typeof tlsFilesIn> | undefined {
  return env["DOCKER_TLS_VERIFY"] ? tlsFilesIn(env["DOCKER_CERT_PATH"] || configFolder, true) : undefined;
}
