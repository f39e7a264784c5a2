import { createHash, randomBytes, randomUUID } from "node:crypto";
import { type EnvOptions, jobEnv } from "./env.ts";
import { type Answer, Refusal, type Request, router, serve } from "./http.ts";
import type { Artifact, CheckRun, Commit, Job, Permissions, Repository, Run } from "./model.ts";
import { actionsRoutes } from "./rest/actions.ts";
import { assetRoutes } from "./rest/assets.ts";
import { attestationRoutes } from "./rest/attestations.ts";
import { countRequest, notFound } from "./rest/authorize.ts";
import { checkRoutes } from "./rest/checks.ts";
import { gitRoutes } from "./rest/git.ts";
import { oidcRoutes } from "./rest/oidc.ts";
import { releaseRoutes } from "./rest/releases.ts";
import { artifactService } from "./results/artifact-service.ts";
import { cacheService } from "./results/cache-service.ts";
import { callTwirp } from "./results/twirp.ts";
import { startAzurite } from "./storage/azurite.ts";
import { Storage } from "./storage/storage.ts";
import { World } from "./world.ts";

export interface RepositoryOptions {
  readonly private?: boolean;
  readonly immutableReleases?: boolean;
  /** Default true: see `Repository`. */
  readonly hasNumericSubject?: boolean;
  /** The full name of the repository it is a fork of. */
  readonly forkOf?: string;
}

export interface RunOptions {
  /** `owner/name`, made when it does not exist. Default `acme/product`. */
  readonly repository?: string;
  /** File name of the workflow. Default `ci.yml`. */
  readonly workflow?: string;
  readonly headSha?: string;
  /** A branch, or a full ref. Default `main`. */
  readonly headBranch?: string;
  readonly event?: string;
  /** The repository the commit comes from, for a fork's pull request. */
  readonly headRepository?: string;
  readonly status?: Run["status"];
  readonly conclusion?: Run["conclusion"];
  readonly createdAt?: Date;
}

export interface ArtifactOptions {
  readonly name: string;
  readonly content: Uint8Array;
  readonly mimeType?: string;
  readonly digest?: boolean;
  /** Default: now. The order of times can differ from that of ids, because GitHub gives ids out of order. */
  readonly createdAt?: Date;
}

export type JobOptions = Partial<Pick<Job, "name" | "status" | "conclusion">>;

/**
 * A stand-in for GitHub, written from the public documentation of its REST API and from what its
 * published clients send and accept. It speaks the real protocols on the loopback interface, refuses
 * what the real services refuse, and keeps everything in memory; blobs are in a real Azurite.
 */
export class GitHub {
  readonly world: World;
  /** The origin of REST (`/repos/…`), results (`/twirp/…`) and OIDC (`/oidc/…`), without any proxy. */
  readonly origin: string;
  readonly #close: () => Promise<void>;

  constructor(world: World, origin: string, close: () => Promise<void>) {
    this.world = world;
    this.origin = origin;
    this.#close = close;
  }

  get storage(): Storage {
    return this.world.storage;
  }

  /** Makes all clients reach the services, the storage, or both through these origins, which are those of proxies. */
  routeThrough(origins: { readonly services?: string; readonly storage?: string }): void {
    this.world.publicOrigin = origins.services ?? this.world.publicOrigin;
    this.storage.publicOrigin = origins.storage ?? this.storage.publicOrigin;
  }

  addRepository(fullName: string, options: RepositoryOptions = {}): Repository {
    const [owner = "", name = ""] = fullName.split("/");
    const repository: Repository = {
      hasNumericSubject: options.hasNumericSubject ?? true,
      ownerId: this.world.repositories.find((other) => other.owner === owner)?.ownerId ?? this.world.nextId(),
      ...{ id: this.world.nextId(), owner, name, fullName, private: options.private ?? false, defaultBranch: "main" },
      immutableReleases: options.immutableReleases ?? false,
      forkOf: options.forkOf === undefined ? undefined : this.repository(options.forkOf),
      ...{
        commits: new Map(),
        refs: new Map(),
        tags: new Map(),
        checkRuns: [],
        attestations: new Map(),
        releases: [],
        files: new Map(),
      },
    };
    this.world.repositories.push(repository);
    return repository;
  }

  /** The repository of that name, made when there is none. */
  repository(fullName: string): Repository {
    return this.world.repository(fullName) ?? this.addRepository(fullName);
  }

  /** Adds a commit, and moves `ref` (a full ref name) to it if given. */
  addCommit(repository: Repository, options: { sha?: string; parents?: string[]; ref?: string } = {}): Commit {
    const sha = options.sha ?? randomBytes(20).toString("hex");
    const commit = { sha, parents: options.parents ?? [], message: `commit ${sha.slice(0, 7)}` };
    repository.commits.set(sha, commit);
    if (options.ref !== undefined) repository.refs.set(options.ref, sha);
    return commit;
  }

  addRun(options: RunOptions = {}): Run {
    const repository = this.repository(options.repository ?? "acme/product");
    const headSha = options.headSha ?? this.addCommit(repository).sha;
    if (!repository.commits.has(headSha)) this.addCommit(repository, { sha: headSha });
    const run: Run = {
      ...{ id: this.world.nextId(), number: this.world.runs.length + 1, repository, headSha },
      headRepository: options.headRepository === undefined ? repository : this.repository(options.headRepository),
      workflow: this.#workflow(repository, options.workflow ?? "ci.yml"),
      ...{ headBranch: options.headBranch ?? "main", event: options.event ?? "push" },
      ...{ createdAt: options.createdAt ?? new Date(), attempt: 1, jobs: [], backendIds: [randomUUID()] },
      ...{ status: options.status ?? "in_progress", conclusion: options.conclusion },
    };
    this.world.runs.push(run);
    return run;
  }

  /** Adds a job to the run's current attempt. */
  addJob(run: Run, options: JobOptions = {}): Job {
    const job: Job = {
      ...{ id: this.world.nextId(), backendId: randomUUID(), attempt: run.attempt },
      ...{ name: options.name ?? "build", status: options.status ?? "in_progress", conclusion: options.conclusion },
    };
    run.jobs.push(job);
    return job;
  }

  /** "Re-run all jobs": later jobs belong to a new attempt; artifacts of earlier ones stay. */
  rerun(run: Run): void {
    run.attempt += 1;
    run.backendIds.push(randomUUID());
    run.status = "in_progress";
    run.conclusion = undefined;
  }

  addCheckRun(repository: Repository, check: Pick<CheckRun, "name" | "headSha"> & Partial<CheckRun>): CheckRun {
    const id = this.world.nextId();
    const detailsUrl = `https://github.com/${repository.fullName}/runs/${id}`;
    const added = {
      status: "in_progress",
      conclusion: undefined,
      app: "github-actions",
      ...check,
      id,
      detailsUrl,
    } as const;
    repository.checkRuns.push(added);
    return added;
  }

  /** A token of a person or an app. */
  token(repository: Repository, permissions: Permissions): string {
    return this.world.addToken({ repository, permissions });
  }

  /** The environment of a job. Default: a new job of the current attempt. */
  env(run: Run, job: Job = this.addJob(run), options: EnvOptions = {}): Record<string, string> {
    return jobEnv(this.world, run, job, options);
  }

  /** Stores an artifact as a finished upload would have stored it. `digest: false`: as older services stored it. */
  async addArtifact(run: Run, options: ArtifactOptions): Promise<Artifact> {
    const { name, content, mimeType = "application/zip", digest = true } = options;
    const job = run.jobs.find(({ attempt }) => attempt === run.attempt) ?? this.addJob(run);
    const backendId = run.backendIds[run.attempt - 1] ?? "";
    const expiresAt = new Date(Date.now() + this.world.retentionDays * 86_400_000);
    const artifact = this.world.createArtifact({
      run,
      job,
      backendId,
      name,
      mimeType,
      expiresAt,
      ...(options.createdAt !== undefined && { createdAt: options.createdAt }),
    });
    await this.storage.put(artifact.blob, new Uint8Array(content));
    artifact.size = content.length;
    artifact.digest = digest ? `sha256:${createHash("sha256").update(content).digest("hex")}` : undefined;
    artifact.finalized = true;
    return artifact;
  }

  artifact(run: Run, name: string): Artifact {
    const artifact = this.world.artifactsOf(run).find((candidate) => candidate.name === name);
    if (artifact === undefined) throw new Error(`run ${run.id} has no artifact ${name}`);
    return artifact;
  }

  /** Expires an artifact: REST still lists it, but its content is gone. */
  async expire(artifact: Artifact): Promise<void> {
    artifact.expiresAt = new Date(Date.now() - 1000);
    await this.storage.remove(artifact.blob);
  }

  async close(): Promise<void> {
    await this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #workflow(repository: Repository, file: string): Run["workflow"] {
    const path = `.github/workflows/${file}`;
    const known = this.world.workflows.find((workflow) => workflow.repository === repository && workflow.path === path);
    if (known !== undefined) return known;
    const workflow = { id: this.world.nextId(), name: file.replace(/\.ya?ml$/, ""), path, repository };
    this.world.workflows.push(workflow);
    return workflow;
  }
}

/** Starts the services and the storage behind them; `close` ends both. */
export async function startGitHub(): Promise<GitHub> {
  const azurite = await startAzurite();
  const world = new World(await Storage.open(azurite));
  const dispatch = dispatcher(world);
  const server = await serve((request) => {
    world.onRequest?.(request);
    return dispatch(request);
  });
  world.publicOrigin = server.origin;
  return new GitHub(world, server.origin, async () => {
    await Promise.all([server.close(), azurite.close()]);
  });
}

function dispatcher(world: World): (request: Omit<Request, "params">) => Promise<Answer> {
  const methods = { ...artifactService(world), ...cacheService(world) };
  const oidc = router(oidcRoutes(world));
  const rest = router({
    ...{ ...actionsRoutes(world), ...checkRoutes(world), ...attestationRoutes(world), ...gitRoutes(world) },
    ...{ ...assetRoutes(world), ...releaseRoutes(world) },
  });
  const dispatch = async (request: Omit<Request, "params">): Promise<Answer> => {
    if (request.path.startsWith("/twirp/")) return await callTwirp(methods, { ...request, params: {} });
    const isOidc = request.path.startsWith("/oidc/");
    const counted = isOidc ? {} : countRequest(world);
    const found = (isOidc ? oidc : rest)(request.method, request.path);
    try {
      if (found === undefined) throw notFound();
      const [handler, params] = found;
      const answer = await handler({ ...request, params });
      return { ...answer, headers: { ...counted, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ...error.answer, headers: { ...counted, ...error.answer.headers } };
    }
  };
  return async (request) => {
    try {
      const answer = await dispatch(request);
      return { ...answer, headers: { "x-github-request-id": randomBytes(8).toString("hex"), ...answer.headers } };
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  };
}
