import { randomUUID } from "node:crypto";
import path from "node:path";
import { EngineNotFound, findEngine, formatEndpoint } from "@release-actions/docker";
import { Fault, type Reporter } from "@release-actions/report";
import { acquireEngine, placeOf, type RunningEngine, releaseEngine, runningEngine } from "./own-engine.ts";
import { engineVersion } from "./ping.ts";
import { type OwnVariant, VARIANTS, type Variant } from "./variants.ts";

/** A Docker engine for tests, demo and benchmarks. Dispose of it when done; it keeps running while others use it. */
export interface Engine extends AsyncDisposable {
  readonly variant: Variant;
  readonly version: string;
  /** As in `DOCKER_HOST`: `unix:///…/docker.sock`. */
  readonly host: string;
  /**
   * The command that runs its client (`docker` or `podman`), to which arguments can be appended. The client of an engine
   * that this repository starts cannot see the folders of this machine, so pass files through standard input and output.
   */
  readonly client: readonly [string, ...string[]];
  stop(): Promise<void>;
}

/** An engine that this repository starts. */
export interface OwnEngine extends Engine {
  readonly variant: OwnVariant;
  /** The path of the API's unix socket. */
  readonly socket: string;
}

/** Returns the engine that the user's client reaches, or else starts one with the containerd store. @throws NoEngine */
export async function startAnyEngine(reporter: Reporter): Promise<Engine> {
  return (await reachableEngine(reporter)) ?? (await startEngine("containerd", reporter));
}

/** Starts an engine of a variant, or uses the one that this clone already runs. @throws NoEngine */
export async function startEngine(
  variant: OwnVariant,
  reporter: Reporter,
  place = placeOf(variant),
): Promise<OwnEngine> {
  const user = `${process.pid}-${randomUUID()}`;
  const running = await acquireEngine(place, user, reporter);
  return describeOwn(variant, running, () => releaseEngine(place, user));
}

/** The engine of a variant that another process started at this socket and will stop. */
export async function engineAt(variant: OwnVariant, socket: string): Promise<OwnEngine> {
  const own = await runningEngine({ variant, home: path.dirname(socket) });
  if (own !== undefined) return describeOwn(variant, own, stopNothing);
  const version = await engineVersion(socket);
  if (version === undefined) throw new Fault(`no Docker engine answers at ${socket}`);
  return { ...describeForeign("docker", version, `unix://${socket}`), variant, socket };
}

/** The Docker or podman engine that the user's own client would use. */
async function reachableEngine(reporter: Reporter): Promise<Engine | undefined> {
  try {
    const { endpoint, product, version } = await findEngine({ reporter });
    return describeForeign(product, version, formatEndpoint(endpoint));
  } catch (error) {
    if (error instanceof EngineNotFound) return undefined;
    throw error;
  }
}

function describeOwn(variant: OwnVariant, running: RunningEngine, stop: () => Promise<void>): OwnEngine {
  const { version, socket, pid } = running;
  const host = `unix://${socket}`;
  const inside = ["nsenter", `--target=${pid}`, "--mount", "--pid", "--root", "--wd=/"] as const;
  const client = [...inside, ...VARIANTS[variant].client(host)] as const;
  return { variant, version, host, socket, client, stop, [Symbol.asyncDispose]: stop };
}

function describeForeign(product: "docker" | "podman", version: string, host: string): Engine {
  const client = product === "docker" ? (["docker", "--host", host] as const) : VARIANTS.podman.client(host);
  return { variant: "any", version, host, client, stop: stopNothing, [Symbol.asyncDispose]: stopNothing };
}

/** Does nothing, because an engine that was not started here keeps running. */
async function stopNothing(): Promise<void> {
  return undefined;
}
