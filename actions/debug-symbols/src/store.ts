import { CommandError, type CommandRunner, childEnv } from "@release-actions/command";
import { type Patience, retrying, TransientError } from "@release-actions/http";
import type { Reporter } from "@release-actions/report";
import type { Product } from "./products.ts";
import { SymbolsError } from "./symbols-error.ts";

/** From 0.7.0 on the program reads its token from the environment. */
const TOKEN_VARIABLE = "PARCA_DEBUGINFO_BEARER_TOKEN";
/** What the store says of a request that will never be right; all else may heal (grpc.io, "Status Codes"). */
const PERMANENT = /code = (Unauthenticated|PermissionDenied|InvalidArgument|Unimplemented|AlreadyExists)\b/;
/** Reasons of Parca's store not to want an upload, with which the program ends well. Another upload may be a broken one. */
const IN_PROGRESS = /in[- ]progress/;
const HAS_IT = /(already )?exists (in debuginfod|and is not marked as invalid)|is available from debuginfod/;
const TRY_LIMIT_MS = 15 * 60_000;
const MAX_RETRIES = 4;
const PATIENCE: Patience = { budgetMs: 600_000, firstPauseMs: 500, longestPauseMs: 30_000 };

export interface StoreOptions {
  /** `parca-debuginfo`, by name or path. */
  readonly program: string;
  readonly address: string;
  readonly token: string;
  readonly run: CommandRunner;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Replace what the store has of that build id. */
  readonly force?: boolean;
}

/** How the store came to have it. */
export type Stored = "sent" | "had it";

/** Uploads a debug file as it is, with a new try after whatever may heal. */
export async function storeDebugFile({ name, debug }: Product, options: StoreOptions): Promise<Stored> {
  const { run, reporter, signal, token } = options;
  const env = { ...childEnv(options.env), [TOKEN_VARIABLE]: token };
  const args = [
    "upload",
    ...storeArguments(options.address),
    "--no-extract",
    ...(options.force === true ? ["--force"] : []),
    debug,
  ];
  const upload = async (): Promise<Stored> => {
    const limit = AbortSignal.timeout(TRY_LIMIT_MS);
    try {
      const { stdout } = await run(options.program, args, { env, signal: limit });
      const [, reason] = /^Skipping upload of .* as the store instructed not to: (.*)$/m.exec(stdout) ?? [];
      if (reason === undefined) return "sent";
      if (HAS_IT.test(reason)) return "had it";
      const message = `the store refuses ${name}: ${reason}`;
      throw IN_PROGRESS.test(reason)
        ? new TransientError(message, { atMost: MAX_RETRIES })
        : new SymbolsError(message, { advice: "Is there another debug file with that build ID in the store?" });
    } catch (error) {
      signal.throwIfAborted();
      throw limit.aborted ? stalled(name) : explain(error, options.program);
    }
  };
  return await retrying(`uploading the debug file of ${name}`, PATIENCE, signal, upload, { reporter });
}

/** `http://` stands for a store without TLS, which the program takes as an option of its own. */
export function storeArguments(address: string): readonly string[] {
  const [, scheme, host = ""] = /^(https?:\/\/)?([^/\s]+?:\d+)\/?$/.exec(address) ?? [];
  if (host === "") {
    throw new SymbolsError(`the input \`store-address\` is ${JSON.stringify(address)}, expected host:port`);
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
    return new SymbolsError(`${program} cannot be started: ${stderr.trim()}`, {
      cause: error,
      advice: "Put a release of parca-debuginfo on the PATH, or give its URL and SHA-256 in `parca-debuginfo`.",
    });
  }
  // How the command line is wrong does not heal either: the program says so before it calls the store.
  if (PERMANENT.test(stderr) || /unknown flag|unexpected argument|missing flags/.test(stderr + stdout)) return error;
  return new TransientError(error.message, { cause: error, atMost: MAX_RETRIES });
}
