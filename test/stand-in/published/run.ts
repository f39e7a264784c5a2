import path from "node:path";
import { runCommand } from "@release-actions/command";
import type { ArtifactRequest } from "./artifact-client.ts";
import type { CacheRequest } from "./cache-client.ts";

export interface ClientRun {
  readonly exitCode: number;
  /** The whole output of the client, errors included. */
  readonly log: string;
  /** The result of the call; undefined when it threw or did not end. */
  readonly answer: unknown;
  readonly durationMs: number;
}

export interface ClientOptions {
  /** The job's environment, from `github.env()`, and further variables that the client needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends a client that does not end by itself. */
  readonly signal?: AbortSignal;
}

export async function runPublishedArtifactClient(request: ArtifactRequest, options: ClientOptions): Promise<ClientRun> {
  return await run("artifact-client.ts", request, options);
}

export async function runPublishedCacheClient(request: CacheRequest, options: ClientOptions): Promise<ClientRun> {
  return await run("cache-client.ts", request, options);
}

async function run(script: string, request: unknown, { env, signal }: ClientOptions): Promise<ClientRun> {
  const started = performance.now();
  let log = "";
  const result = await runCommand(process.execPath, [path.join(import.meta.dirname, script), JSON.stringify(request)], {
    env: { PATH: process.env["PATH"], ...env },
    check: false,
    ...(signal === undefined ? {} : { signal }),
    onOutput: (_stream, text) => {
      log += text;
    },
  });
  const last = result.stdout.trimEnd().split("\n").at(-1) ?? "";
  const answer: unknown = result.exitCode === 0 ? JSON.parse(last) : undefined;
  return { exitCode: result.exitCode, log, answer, durationMs: performance.now() - started };
}
