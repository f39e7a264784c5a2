import { randomUUID } from "node:crypto";
import type { Reporter } from "@release-actions/report";
import { acquireEngine, placeOf, releaseEngine } from "./own-engine.ts";
import { engineVersion } from "./ping.ts";
import type { OwnVariant, Variant } from "./variants.ts";

/** A Docker engine for tests, demo and bench. Stop it when done; others who use the same one keep it. */
export interface Engine extends AsyncDisposable {
  readonly variant: Variant;
  readonly version: string;
  /** As in `DOCKER_HOST`: `unix:///…/docker.sock`. */
  readonly host: string;
  /**
   * The command that runs a `docker` client against it; the client's arguments follow. The client
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
  return (await reachableEngine()) ?? (await startEngine("containerd", reporter));
}

/** Starts an engine of a given variant, or joins the one that this clone has running. Throws `NoEngine`. */
export async function startEngine(
  variant: OwnVariant,
  reporter: Reporter,
  place = placeOf(variant),
): Promise<OwnEngine> {
  const user = `${process.pid}-${randomUUID()}`;
  const { socket, pid, version } = await acquireEngine(place, user, reporter);
  const inside = ["nsenter", `--target=${pid}`, "--mount", "--pid", "--root", "--wd=/"] as const;
  const stop = (): Promise<void> => releaseEngine(place, user);
  return {
    variant,
    version,
    socket,
    host: `unix://${socket}`,
    client: [...inside, "docker", "--host", `unix://${socket}`],
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function reachableEngine(): Promise<Engine | undefined> {
  const host = process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock";
  if (!host.startsWith("unix://")) return undefined;
  const version = await engineVersion(host.slice("unix://".length));
  if (version === undefined) return undefined;
  const stop = async (): Promise<void> => undefined; // It is not ours.
  return { variant: "any", version, host, client: ["docker", "--host", host], stop, [Symbol.asyncDispose]: stop };
}
