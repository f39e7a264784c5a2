import { existsSync } from "node:fs";
import path from "node:path";
import { createTransport, TransferError } from "@release-actions/http";
import {
  checkPublishing,
  checkRepository,
  NpmError,
  openNpmRegistry,
  type PublishingFinding,
} from "@release-actions/npm";
import type { Reporter } from "@release-actions/report";
import { readText } from "@release-actions/text";
import type { Finding } from "./finding.ts";
import type { NpmJob, NpmPackage } from "./npm-jobs.ts";

/** The name in findings about jobs that publish to npm; it does not name a secret. */
const NPM_LABEL = "npm";

export interface NpmServices {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly registry: string;
  /** `npm --version` of this runner. */
  readonly npmVersion: string | undefined;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
  readonly mask: (secret: string) => void;
}

/** Faults that will stop jobs that publish to npm without a token, as far as they can be known before the build. */
export async function checkNpmJobs(
  jobs: readonly NpmJob[],
  online: NpmServices | undefined,
  where: { readonly workspace: string; readonly repository: string },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const job of jobs.filter(({ isTrustedPublisher }) => isTrustedPublisher)) {
    findings.push(...job.packages.flatMap((each) => repositoryFinding(each, where)));
    if (job.isSelfHosted) {
      const message = `${job.location.file}:${job.location.line} runs on a self-hosted runner, which cannot publish with its OIDC identity`;
      findings.push({ name: NPM_LABEL, problem: "cannot-publish", level: "error", message });
    } else if (online !== undefined && job.isPublic && job.packages.length > 0) {
      const { publish, environment } = job;
      const packages = job.packages.map(({ name }) => name);
      const services = job.hasImagesNpm ? online : { ...online, npmVersion: undefined };
      findings.push(...(await checkTrustedPublisher(NPM_LABEL, { packages, publish, environment }, services)));
    }
  }
  return findings;
}

export interface TrustedPublisher {
  readonly packages: readonly string[];
  readonly publish: "auto" | "direct" | "stage";
  /** The environment of the publishing job; undefined when it is unknown. */
  readonly environment: string | undefined;
}

/** Runs the check of packages/npm, and returns its findings under the name of a secret. */
export async function checkTrustedPublisher(
  name: string,
  publisher: TrustedPublisher,
  { env, registry, npmVersion, signal, reporter, mask }: NpmServices,
): Promise<Finding[]> {
  const transport = createTransport({ ...env });
  try {
    const found = await checkPublishing({
      ...publisher,
      token: undefined,
      npmVersion,
      // Pretends a GitHub-hosted runner, since the publishing job may run elsewhere than this one.
      env: { ...env, RUNNER_ENVIRONMENT: "github-hosted" },
      transport,
      signal,
      reporter,
      mask,
      registry: openNpmRegistry(registry, { transport, token: undefined, reporter, signal, patience: PATIENCE }),
    });
    return found.map((finding) => asFinding(name, finding));
  } catch (error) {
    if (!(error instanceof NpmError || error instanceof TransferError)) throw error;
    return [{ name, problem: "unverified", level: "error", message: error.message }];
  }
}

/** Time for about three attempts: a job that only checks need not wait for a registry that is down. */
const PATIENCE = { budgetMs: 15_000, firstPauseMs: 1_000, longestPauseMs: 4_000 };

function asFinding(name: string, { level, message, advice }: PublishingFinding): Finding {
  const problem = level === "error" ? "cannot-publish" : "unverified";
  return { name, problem, level, message: `${message}. ${advice}` };
}

function repositoryFinding(
  { name, base, repository }: NpmPackage,
  { workspace, repository: expected }: { readonly workspace: string; readonly repository: string },
): Finding[] {
  const file = base === undefined ? undefined : path.join(workspace, base, "package.json");
  let field: unknown = repository;
  if (field === undefined && file !== undefined && existsSync(file)) {
    try {
      field = Object(JSON.parse(readText(file, `${base}/package.json`))).repository;
    } catch {
      return []; // npm-publish reports this error.
    }
  }
  const finding = field === undefined ? undefined : checkRepository(name, field, expected);
  return finding === undefined ? [] : [asFinding(NPM_LABEL, finding)];
}
