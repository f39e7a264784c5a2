import { homedir } from "node:os";
import type { Reporter } from "@release-actions/report";
import { type Candidate, findCandidates, type Surroundings } from "./candidates.ts";
import { formatEndpoint } from "./endpoint.ts";
import { connect, type Engine } from "./engine.ts";
import { EngineConnectionLost, EngineError, EngineNotFound } from "./fault.ts";

export interface FindOptions {
  readonly reporter: Reporter;
  readonly signal?: AbortSignal | undefined;
  /** Where to look. Default: the environment of this process. */
  readonly surroundings?: Surroundings;
}

type Failure = "absent" | "denied" | "silent";

/**
 * Finds the container engine that the `docker` client would use here, or podman if there is none.
 *
 * @throws EngineNotFound when no engine answers; it lists each address that was tried and why it failed.
 */
export async function findEngine({ reporter, signal, surroundings = ownSurroundings() }: FindOptions): Promise<Engine> {
  const tried: { candidate: Candidate; failure: Failure; reason: string }[] = [];
  for (const candidate of await findCandidates(surroundings)) {
    try {
      const engine = await connect(candidate.endpoint, signal);
      reporter.debug(
        `engine: ${engine.product} ${engine.version} at ${formatEndpoint(engine.endpoint)} (${candidate.origin})`,
      );
      return engine;
    } catch (error) {
      signal?.throwIfAborted();
      const failed = { candidate, ...explain(error) };
      tried.push(failed);
      // Docker is installed but access is denied. Another engine would only hide this.
      if (failed.failure === "denied") break;
    }
  }
  const lines = tried.map(
    ({ candidate, reason }) => `- ${candidate.origin}: ${formatEndpoint(candidate.endpoint)}: ${reason}`,
  );
  throw new EngineNotFound(`no container engine answers; tried:\n${lines.join("\n")}`, {
    advice: adviceFor(tried.map(({ failure }) => failure)),
  });
}

function explain(error: unknown): { failure: Failure; reason: string } {
  const code = error instanceof EngineConnectionLost ? codeOf(error.cause) : undefined;
  if (code === "EACCES" || code === "EPERM") return { failure: "denied", reason: "permission denied" };
  if (code === "ENOENT") return { failure: "absent", reason: "there is no such socket" };
  if (code === "ECONNREFUSED") return { failure: "silent", reason: "nobody listens there" };
  if (error instanceof EngineConnectionLost || error instanceof EngineError)
    return { failure: "silent", reason: error.message };
  throw error;
}

function codeOf(cause: unknown): unknown {
  return typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
}

function adviceFor(failures: readonly Failure[]): string {
  if (failures.includes("denied")) {
    return "Let this user use the engine: add it to the group that owns the socket (`sudo usermod -aG docker $USER`, then log in again).";
  }
  if (failures.includes("silent")) return "Start the engine (`sudo systemctl start docker`), or correct its address.";
  return "Install Docker or podman, or set DOCKER_HOST to an engine's address.";
}

function ownSurroundings(): Surroundings {
  return { env: process.env, home: homedir(), platform: process.platform, uid: process.getuid?.(), root: "/" };
}
