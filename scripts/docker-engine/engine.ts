import { randomUUID } from "node:crypto";
import path from "node:path";
import { EngineNotFound, findEngine, formatEndpoint } from "@release-actions/docker";
import { Fault, type Reporter } from "@release-actions/report";
import { acquireEngine, placeOf, type RunningEngine, releaseEngine, runningEngine } from "./own-engine.ts";
import { engineVersion } from "./ping.ts";
import { type OwnVariant, VARIANTS, type Variant } from "./variants.ts";

/** A Docker engine for tests, demo and bench. Stop it when done; others who use the same one keep it. */
export interface Engine extends AsyncDisposable {
  readonly variant: Variant;
  readonly version: string;
  /** As in `DOCKER_HOST`: `unix:///…/docker.sock`. */
  readonly host: string;
  /**
   * The command that runs its client (`docker`, or `podman`) against it; the client's arguments follow. The client
   * of an engine of ours sees no folder of this machine: hand files in and out by standard streams.
   */
  readonly client: readonly [string, ...string[]];
  stop(): Promise<void>;
}

/** An engine of this repository, by variant. */
export interface OwnEngine extends Engine {
  readonly variant: OwnVariant;
  /** The path of the API's unix socket. */
  readonly socket: string;
}

/** The engine that answers, else one of our own with the containerd store. Throws `NoEngine`. */
export async function startAnyEngine(reporter: Reporter): Promise<Engine> {
  return (await reachableEngine(reporter)) ?? (await startEngine("containerd", reporter));
}

/** Starts an engine of a given variant, or joins the one that this clone has running. Throws `NoEngine`. */
export async function startEngine(
  variant: OwnVariant,
  reporter: Reporter,
  place = placeOf(variant),
): Promise<OwnEngine> {
  const user = `${process.pid}-${randomUUID()}`;
  const running = await acquireEngine(place, user, reporter);
  return describeOwn(variant, running, () => releaseEngine(place, user));
}

/** The engine of that variant which somebody else started at this socket, and will stop. */
export async function engineAt(variant: OwnVariant, socket: string): Promise<OwnEngine> {
  const own = await runningEngine({ variant, home: path.dirname(socket) });
  if (own !== undefined) return describeOwn(variant, own, stopNothing);
  const version = await engineVersion(socket);
  if (version === undefined) throw new Fault(`no Docker engine answers at ${socket}`);
  return { ...describeForeign("docker", version, `unix://${socket}`), variant, socket };
}

/** The engine that the user's own client would use, of Docker or podman. */
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

/** An engine that is not ours keeps running. */
async function stopNothing(): Promise<void> {
  return undefined;
}
