import { createHash, generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import type { Artifact, CacheEntry, Job, Permissions, Release, Repository, Run, Workflow } from "./model.ts";
import type { Storage } from "./storage/storage.ts";

/** A token and its permissions. It may also read the public repositories of others. */
export interface Grant {
  readonly repository: Repository;
  readonly permissions: Permissions;
}

/** Counters and answers of GitHub's limits: docs.github.com, "Rate limits for the REST API". */
export interface RateLimit {
  limit: number;
  remaining: number;
  resetsAt: Date;
  /** How many requests the secondary limit still refuses, and the value of `Retry-After` then. */
  secondary: { times: number; retryAfterSeconds: number };
}

/** The whole state of the stand-in. Tests change it through the `GitHub` object. */
export class World {
  readonly storage: Storage;
  readonly secret = randomBytes(32).toString("hex");
  readonly oidcKey = generateKeyPairSync("rsa", { modulusLength: 2048 });
  readonly repositories: Repository[] = [];
  readonly workflows: (Workflow & { readonly repository: Repository })[] = [];
  readonly runs: Run[] = [];
  readonly artifacts: Artifact[] = [];
  readonly caches: CacheEntry[] = [];
  readonly tokens = new Map<string, Grant>();
  readonly rateLimit: RateLimit = {
    ...{ limit: 1000, remaining: 1000, resetsAt: new Date(Date.now() + 3_600_000) },
    secondary: { times: 0, retryAfterSeconds: 1 },
  };
  /** Called with every request before it is answered. */
  onRequest: ((request: { readonly method: string }) => void) | undefined;
  retentionDays = 90;
  quotaReached = false;
  /** The origin by which clients reach the REST and results services. It can be that of a proxy. */
  publicOrigin = "";
  #lastId = 1000;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  repository(fullName: string): Repository | undefined {
    return this.repositories.find((repository) => repository.fullName.toLowerCase() === fullName.toLowerCase());
  }

  /** Issues a token in the form of GitHub's tokens for jobs. */
  addToken(grant: Grant): string {
    const token = `ghs_${randomBytes(18).toString("hex")}`;
    this.tokens.set(token, grant);
    return token;
  }

  /** The finished artifacts of all attempts of a run, newest first. */
  artifactsOf(run: Run): Artifact[] {
    return this.artifacts.filter((artifact) => artifact.run === run && artifact.finalized).reverse();
  }

  createArtifact(fields: {
    readonly run: Run;
    readonly job: Job;
    readonly backendId: string;
    readonly name: string;
    readonly mimeType: string;
    readonly expiresAt: Date;
    readonly createdAt?: Date;
  }): Artifact {
    const extension = fields.mimeType === "application/zip" ? ".zip" : "";
    const hash = createHash("sha256").update(randomUUID()).digest("hex");
    const blob = `${fields.backendId}/workflow-job-run-${fields.job.backendId}/artifacts/${hash}${extension}`;
    const artifact = {
      ...{ id: this.nextId(), ...fields, blob, createdAt: fields.createdAt ?? new Date() },
      ...{ finalized: false, size: 0, digest: undefined },
    };
    this.artifacts.push(artifact);
    return artifact;
  }

  signedDownload(artifact: Artifact): string {
    const isZip = artifact.mimeType === "application/zip";
    const fileName = isZip ? `${artifact.name}.zip` : artifact.name;
    return this.storage.downloadUrl(artifact.blob, {
      contentDisposition: `attachment; filename="${fileName}"`,
      contentType: artifact.mimeType,
    });
  }

  async deleteArtifact(artifact: Artifact): Promise<void> {
    this.artifacts.splice(this.artifacts.indexOf(artifact), 1);
    if (artifact.finalized) await this.storage.remove(artifact.blob);
  }

  createCacheEntry(fields: Pick<CacheEntry, "repository" | "ref" | "key" | "version">): CacheEntry {
    const id = this.nextId();
    const blob = `caches/${fields.repository.id}/${id}`;
    const entry = { id, ...fields, blob, createdAt: new Date(), finalized: false, size: 0 };
    this.caches.push(entry);
    return entry;
  }

  /** The release that `/releases/latest` shows: never a draft or a prerelease. */
  latestRelease(repository: Repository): Release | undefined {
    const published = repository.releases.filter((release) => !release.draft && !release.prerelease);
    const explicit = published.find((release) => release.latest);
    return explicit ?? published.findLast((release) => !release.neverLatest) ?? published.at(-1);
  }
}
