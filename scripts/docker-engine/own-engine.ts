import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, type Reporter } from "@release-actions/report";
import { workFolder } from "../folders.ts";
import { removeCgroups } from "./cgroups.ts";
import { withLock } from "./lock.ts";
import { checkMachine } from "./machine.ts";
import { provideNewestDockerd } from "./newest-dockerd.ts";
import { engineVersion } from "./ping.ts";
import { endProcess, findEngineProcess, isAlive } from "./processes.ts";
import { provideSystemTree } from "./system-tree.ts";
import { type OwnVariant, VARIANTS, type VariantRecipe } from "./variants.ts";

const START_LIMIT_MS = 60_000;
const STOP_GRACE_MS = 5_000;

/** The kernel's limit for the path of a socket, without the final NUL, in bytes. */
const SOCKET_PATH_LIMIT = 107;

/** The variant and folder of an engine. Two folders are two engines, even of the same variant. */
export interface EnginePlace {
  readonly variant: OwnVariant;
  /** The working folder, which is created at the start and removed at the stop. */
  readonly home: string;
}

/** The place of this clone's engine of a variant. */
export function placeOf(variant: OwnVariant): EnginePlace {
  return { variant, home: workFolder("engine", variant) };
}

export interface RunningEngine {
  readonly version: string;
  readonly socket: string;
  /** The id of the engine's first process, as seen from outside its namespace. */
  readonly pid: number;
}

/**
 * Starts the engine unless it already runs, and records `user` as one of its users. The record lasts until the user
 * releases the engine; if the name begins with a process id, it lasts no longer than that process.
 *
 * @throws NoEngine
 */
export async function acquireEngine(place: EnginePlace, user: string, reporter: Reporter): Promise<RunningEngine> {
  const { variant, home } = place;
  await checkMachine();
  const tree = await provideSystemTree(VARIANTS[variant].system, reporter);
  return withLock(home, async () => {
    const engine = (await runningEngine(place)) ?? (await launch(place, tree, reporter));
    await mkdir(path.join(home, "users"), { recursive: true });
    await writeFile(path.join(home, "users", user), "");
    return engine;
  });
}

/** Stops the engine if `user` was its last user, or at once for `everybody`. */
export async function releaseEngine({ home }: EnginePlace, user: string | "everybody"): Promise<void> {
  await withLock(home, async () => {
    await rm(path.join(home, "users", user), { force: true });
    if (user !== "everybody" && (await hasUsers(home))) return;
    await tearDown(home);
  });
}

/** The engine if it is running. Does not start it. */
export async function runningEngine({ home }: EnginePlace): Promise<RunningEngine | undefined> {
  const socket = socketOf(home);
  const pid = await findEngineProcess(home);
  const version = pid === undefined ? undefined : await engineVersion(socket);
  return pid === undefined || version === undefined ? undefined : { version, socket, pid };
}

async function launch(place: EnginePlace, tree: string, reporter: Reporter): Promise<RunningEngine> {
  const { variant, home } = place;
  await tearDown(home); // Removes what a killed engine left.
  await mkdir(path.join(home, "root"), { recursive: true });
  const logFile = path.join(home, "engine.log");
  const log = await open(logFile, "w");
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--"];
  const script = path.join(import.meta.dirname, "run-engine.sh");
  const recipe: VariantRecipe = VARIANTS[variant];
  const dockerd = recipe.isNewest === true ? await provideNewestDockerd(home, reporter) : undefined;
  const command = recipe.command({ home, host: `unix://${socketOf(home)}`, cgroup: cgroupOf(home), dockerd });
  const child = spawn("unshare", [...namespaces, script, tree, home, ...command], {
    detached: true, // Ctrl-C at the terminal must reach only this process, which then shuts the engine down properly.
    stdio: ["ignore", log.fd, log.fd],
  });
  child.unref();
  await log.close();
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const engine = await runningEngine(place);
    if (engine !== undefined) return engine;
    await sleep(100);
  }
  const said = (await readFile(logFile, "utf8")).trim().split("\n").slice(-15).join("\n");
  await tearDown(home);
  throw new Fault(`the Docker engine "${variant}" did not start; the end of its log:\n${said}`);
}

async function tearDown(home: string): Promise<void> {
  for (let pid = await findEngineProcess(home); pid !== undefined; pid = await findEngineProcess(home)) {
    await endProcess(pid, STOP_GRACE_MS);
  }
  await removeCgroups(cgroupOf(home));
  await rm(home, { recursive: true, force: true });
}

async function hasUsers(home: string): Promise<boolean> {
  const users = await readdir(path.join(home, "users")).catch(() => []);
  return users.some((user) => !/^\d/.test(user) || isAlive(Number.parseInt(user, 10)));
}

function socketOf(home: string): string {
  const socket = path.join(home, "docker.sock");
  if (Buffer.byteLength(socket) <= SOCKET_PATH_LIMIT) return socket;
  throw new Fault(`${socket} is too long a path for a socket: ${SOCKET_PATH_LIMIT} bytes are allowed`, {
    advice: "Clone the repository into a shorter path.",
  });
}

function cgroupOf(home: string): string {
  return `/release-actions-${createHash("sha256").update(home).digest("hex").slice(0, 12)}`;
}
