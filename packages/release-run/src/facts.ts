import { Fault, type Reporter } from "@release-actions/report";

/** The services of the runner that a step of a release needs. */
export interface RunServices extends Reporter {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  tempFolder(purpose: string): Promise<string>;
}

/** The facts about the current run that releasing needs (docs.github.com, "Default environment variables"). */
export interface RunFacts {
  /** `owner/name`. */
  readonly repository: string;
  /** The tag the workflow runs for; `undefined` on a branch or a pull request. */
  readonly tag: string | undefined;
  /** `GITHUB_RUN_ID`; `undefined` outside of a workflow. */
  readonly runId: string | undefined;
  /** The number of the attempt, beginning with 1. */
  readonly attempt: number;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly workspace: string;
}

/** Thrown when the environment or the artifacts are not those of a usable workflow run. */
export class RunError extends Fault {
  override readonly name = "RunError";
}

/** Reads the facts about the run from the environment. @throws RunError when a variable is missing or malformed */
export function readFacts(env: RunServices["env"]): RunFacts {
  const repository = env["GITHUB_REPOSITORY"] ?? "";
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new RunError(
      `GITHUB_REPOSITORY is ${JSON.stringify(repository)}, expected owner/name: is this a workflow run?`,
    );
  }
  const attempt = Number(env["GITHUB_RUN_ATTEMPT"] ?? "1");
  if (!Number.isSafeInteger(attempt) || attempt < 1) {
    throw new RunError(`GITHUB_RUN_ATTEMPT is ${JSON.stringify(env["GITHUB_RUN_ATTEMPT"])}, expected a number from 1`);
  }
  return {
    repository,
    tag: env["GITHUB_REF_TYPE"] === "tag" ? env["GITHUB_REF_NAME"] : undefined,
    runId: /^\d+$/.exec(env["GITHUB_RUN_ID"] ?? "")?.[0],
    attempt,
    serverUrl: env["GITHUB_SERVER_URL"] ?? "https://github.com",
    apiUrl: env["GITHUB_API_URL"] ?? "https://api.github.com",
    workspace: env["GITHUB_WORKSPACE"] ?? process.cwd(),
  };
}
