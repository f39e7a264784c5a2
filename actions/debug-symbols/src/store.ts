import { CommandError, childEnv } from "@release-actions/command";
import { type Patience, retrying, TransientError } from "@release-actions/http";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Product } from "./products.ts";

/** From 0.7.0 on the program reads its token from the environment. */
const TOKEN_VARIABLE = "PARCA_DEBUGINFO_BEARER_TOKEN";
/** Status codes of requests that fail on every attempt; other failures may be temporary (grpc.io, "Status Codes"). */
const PERMANENT = /code = (Unauthenticated|PermissionDenied|InvalidArgument|Unimplemented|AlreadyExists)\b/;
/** Parca's store declines uploads for these reasons, and the program still succeeds. Another upload may be broken. */
const IN_PROGRESS = /in[- ]progress/;
const HAS_IT = /(already )?exists (in debuginfod|and is not marked as invalid)|is available from debuginfod/;
const TRY_LIMIT_MS = 15 * 60_000;
const MAX_RETRIES = 4;
const PATIENCE: Patience = { budgetMs: 600_000, firstPauseMs: 500, longestPauseMs: 30_000 };

export interface StoreOptions {
  /** `parca-debuginfo`, by name or path. */
  readonly program: string;
  readonly token: string;
  /** Replace what the store has of that build id. */
  readonly force: boolean;
}

/** Whether this upload put the file into the store, or the store had it before. */
export type Stored = "sent" | "had it";

/** Uploads a debug file unchanged, with a new attempt after each failure that may be temporary. */
export async function storeDebugFile(
  { name, debug }: Product,
  { program, token, force }: StoreOptions,
  runner: ActionRunner,
): Promise<Stored> {
  const { signal } = runner;
  const env = { ...childEnv(runner.env), [TOKEN_VARIABLE]: token };
  const address = storeArguments(runner.inputs["store-address"]);
  const args = ["upload", ...address, "--no-extract", ...(force ? ["--force"] : []), debug];
  const upload = async (): Promise<Stored> => {
    const limit = AbortSignal.timeout(TRY_LIMIT_MS);
    try {
      const { stdout } = await runner.exec(program, args, { env, signal: limit });
      const [, reason] = /^Skipping upload of .* as the store instructed not to: (.*)$/m.exec(stdout) ?? [];
      if (reason === undefined) return "sent";
      if (HAS_IT.test(reason)) return "had it";
      const message = `the store refuses ${name}: ${reason}`;
      throw IN_PROGRESS.test(reason)
        ? new TransientError(message, { atMost: MAX_RETRIES })
        : new Fault(message, { advice: "Is there another debug file with that build ID in the store?" });
    } catch (error) {
      signal.throwIfAborted();
      throw limit.aborted ? stalled(name) : explain(error, program);
    }
  };
  return await retrying(`uploading the debug file of ${name}`, PATIENCE, signal, upload, { reporter: runner });
}

/** The arguments for a store's address. `http://` means a store without TLS, for which the program has an option. */
export function storeArguments(address: string): readonly string[] {
  const [, scheme, host = ""] = /^(https?:\/\/)?([^/\s]+?:\d+)\/?$/.exec(address) ?? [];
  if (host === "") {
    throw new Fault(`the input \`store-address\` is ${JSON.stringify(address)}, expected host:port`);
  }
  return [`--store-address=${host}`, ...(scheme === "http://" ? ["--insecure"] : [])];
}

function stalled(name: string): TransientError {
  return new TransientError(`the upload of ${name} did not finish within ${TRY_LIMIT_MS / 60_000} minutes`, {
    atMost: MAX_RETRIES,
  });
}

function explain(error: unknown, program: string): unknown {
  if (!(error instanceof CommandError)) return error;
  const { exitCode, stderr, stdout } = error.result;
  if (exitCode === 126 || exitCode === 127) {
    return new Fault(`${program} cannot be started: ${stderr.trim()}`, {
      cause: error,
      advice: "Put a release of parca-debuginfo on the PATH, or give its URL and SHA-256 in `parca-debuginfo`.",
    });
  }
  // A wrong command line fails on every attempt too; the program reports it before it calls the store.
  if (PERMANENT.test(stderr) || /unknown flag|unexpected argument|missing flags/.test(stderr + stdout)) return error;
  return new TransientError(error.message, { cause: error, atMost: MAX_RETRIES });
}
