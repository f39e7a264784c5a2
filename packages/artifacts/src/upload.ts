import { addAbortListener } from "node:events";
import { mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { UploadArtifactOptions, UploadArtifactResponse } from "@actions/artifact";
import { AGAIN, doubling, tryTimes } from "@release-actions/concurrency";
import type { Transport } from "@release-actions/http";
import { Fault, type Reporter } from "@release-actions/report";
import { loadToolkitParts } from "@release-actions/toolkit-parts";
import type { OwnArtifact, ResultsService } from "./results-service.ts";
import { holdsFile } from "./same-content.ts";
import { explainUpload, type UploadTrouble } from "./upload-trouble.ts";

const MAX_TRIES = 4;
const FIRST_PAUSE_MS = 2000;
const MAX_SILENCE_MS = 60_000;

/** The artifact to upload. */
export interface UploadRequest {
  readonly name: string;
  /** The only file of the artifact. */
  readonly file: string;
  /** `zip`: uncompressed, so that any download-artifact reads it and ranges are contiguous. `raw`: the file itself. */
  readonly format: "zip" | "raw";
  /** 0 means the repository's default. */
  readonly retentionDays: number;
  /** If this attempt already has an artifact of that name: `same` reuses an equal one, `replace` replaces any. */
  readonly ifExists: "same" | "replace";
}

export interface UploadOptions {
  readonly results: ResultsService;
  readonly transport: Transport;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
  readonly firstPauseMs?: number;
}

/** An uploaded or reused artifact. */
export interface Upload {
  readonly id: number;
  /** `sha256:<hex>` of the stored bytes. */
  readonly digest: string | undefined;
  /** The stored size in bytes. */
  readonly size: number;
  /** Whether an equal artifact already existed. */
  readonly reused: boolean;
}

/**
 * Uploads with GitHub's own client. If the result is unclear, looks for the artifact, because the upload may have
 * succeeded although its answer was lost. An existing artifact with the same content is not uploaded again.
 */
export async function uploadArtifact(request: UploadRequest, options: UploadOptions): Promise<Upload> {
  const { results, reporter, signal } = options;
  if (!(await stat(request.file)).isFile()) throw new Fault(`${request.file} is not a file`);
  if (request.ifExists === "replace" && (await results.remove(request.name, signal))) {
    reporter.info(`deleted the earlier artifact ${request.name} of this run`);
  }
  const earlier = await findEqual(request, options);
  if (earlier !== undefined) return { id: earlier.id, size: earlier.size, digest: earlier.digest, reused: true };
  const tries = { times: MAX_TRIES, pauseMs: doubling(options.firstPauseMs ?? FIRST_PAUSE_MS), signal };
  return await tryTimes<Upload>(tries, async (isLast, failed) => {
    // The last attempt may have created an artifact and not finished it. It is not listed, but blocks the name.
    if (failed > 0) await results.remove(request.name, signal);
    let trouble: UploadTrouble;
    try {
      const { id, digest, size } = await runClient(request, signal);
      if (id !== undefined && size !== undefined) {
        return { id, size, digest: digest === undefined ? undefined : `sha256:${digest}`, reused: false };
      }
      throw new Fault("the artifact client returned neither an id nor a size");
    } catch (error) {
      signal?.throwIfAborted();
      trouble = explainUpload(error, request);
    }
    if (!trouble.unclear) throw trouble.fault;
    const found = await findEqual(request, options);
    if (found !== undefined) {
      reporter.info(`the upload of ${request.name} succeeded, although its response was lost`);
      return { id: found.id, size: found.size, digest: found.digest, reused: false };
    }
    if (isLast) throw trouble.fault;
    reporter.problem({ level: "warning", message: `${trouble.fault.message} Trying again.` });
    return AGAIN;
  });
}

/** The finished artifact of that name, if it has our file. @throws Fault if it has another */
async function findEqual(request: UploadRequest, options: UploadOptions): Promise<OwnArtifact | undefined> {
  const listed = await options.results.list({ name: request.name }, options.signal);
  const found = listed.find((artifact) => artifact.ofThisAttempt);
  if (found === undefined || (await holdsFile(found, request.file, options))) return found;
  throw new Fault(
    `this run already has an artifact "${request.name}" with other content (id ${found.id}, ${found.digest ?? "no digest"})`,
    {
      advice: "Give each job its own `artifact-name`, for example with its matrix value, or set `if-exists: replace`.",
    },
  );
}

async function runClient(request: UploadRequest, signal: AbortSignal | undefined): Promise<UploadArtifactResponse> {
  // The client reads this only from the environment. By default it waits five minutes for a dead connection.
  process.env["ACTIONS_ARTIFACT_UPLOAD_TIMEOUT_MS"] ??= String(MAX_SILENCE_MS);
  // Load the client only for uploads: with its Azure SDK it has two megabytes.
  const [{ DefaultArtifactClient }] = await Promise.all([import("@actions/artifact"), loadToolkitParts()]);
  const options: UploadArtifactOptions = {
    compressionLevel: 0,
    ...(request.retentionDays > 0 ? { retentionDays: request.retentionDays } : {}),
    ...(request.format === "raw" ? { skipArchive: true } : {}),
  };
  const file = path.resolve(request.file);
  const client = new DefaultArtifactClient();
  const upload = (it: string): Promise<UploadArtifactResponse> =>
    abortable(
      onAnyServer(() => client.uploadArtifact(request.name, [it], path.dirname(it), options)),
      signal,
    );
  if (request.format === "zip" || path.basename(file) === request.name) return await upload(file);
  // The client names a raw artifact after its file and ignores the given name, so pass it a link with that name.
  const folder = await mkdtemp(path.join(process.env["RUNNER_TEMP"] ?? tmpdir(), "artifact-"));
  try {
    const link = path.join(folder, request.name);
    await symlink(file, link);
    return await upload(link);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Hides the server's name from the client, which refuses servers other than GitHub by their name. `findEqual` has
 * already checked that the server supports artifacts of version 4, as Gitea and Forgejo do. The client reads the name
 * only at the beginning of the call.
 */
function onAnyServer<T>(call: () => Promise<T>): Promise<T> {
  const { GITHUB_SERVER_URL: server } = process.env;
  process.env["GITHUB_SERVER_URL"] = "https://github.com";
  try {
    return call();
  } finally {
    if (server === undefined) delete process.env["GITHUB_SERVER_URL"];
    else process.env["GITHUB_SERVER_URL"] = server;
  }
}

/** Stops waiting on cancellation. The client cannot be cancelled: it goes on until the process ends. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  const { promise, reject } = Promise.withResolvers<never>();
  using _listener = addAbortListener(signal, () => reject(signal.reason));
  return await Promise.race([work, promise]);
}
