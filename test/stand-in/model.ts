/** The permissions of a token in a repository, named as in a workflow's `permissions`. */
export type Permission =
  | "actions"
  | "attestations"
  | "checks"
  | "contents"
  | "deployments"
  | "id-token"
  | "packages"
  | "pull-requests";
export type Permissions = Partial<Record<Permission, "read" | "write">>;

export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly ownerId: number;
  readonly name: string;
  readonly fullName: string;
  private: boolean;
  defaultBranch: string;
  /** Releases cannot be changed once published. */
  immutableReleases: boolean;
  /** Whether identity tokens name it with its id, as they do for repositories that were created since 2026-07-15. */
  hasNumericSubject: boolean;
  readonly forkOf: Repository | undefined;
  readonly commits: Map<string, Commit>;
  /** Full names (`refs/tags/v1`) to object ids. */
  readonly refs: Map<string, string>;
  readonly tags: Map<string, AnnotatedTag>;
  readonly checkRuns: CheckRun[];
  /** Sigstore bundles, by the digest of their subject. */
  readonly attestations: Map<string, unknown[]>;
  readonly releases: Release[];
  /** `<ref>:<path>` to content, for the contents endpoint; ref is a commit. */
  readonly files: Map<string, Buffer>;
}

export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
}

export interface AnnotatedTag {
  readonly sha: string;
  readonly tag: string;
  readonly message: string;
  readonly target: string;
}

export type Status = "queued" | "in_progress" | "completed";
export type Conclusion = "success" | "failure" | "cancelled" | "skipped" | "timed_out" | "neutral" | "action_required";

export interface Run {
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  /** Where the commit comes from: another repository for a fork's pull request. */
  readonly headRepository: Repository;
  readonly workflow: Workflow;
  readonly headSha: string;
  readonly headBranch: string;
  readonly event: string;
  readonly createdAt: Date;
  attempt: number;
  status: Status;
  conclusion: Conclusion | undefined;
  readonly jobs: Job[];
  /** The results service's id of each attempt, beginning with the first attempt. */
  readonly backendIds: string[];
}

export interface Workflow {
  readonly id: number;
  readonly name: string;
  readonly path: string;
}

export interface Job {
  readonly id: number;
  /** The name at the jobs endpoint: `build`, or `caller / callee` inside a called workflow. */
  readonly name: string;
  readonly backendId: string;
  readonly attempt: number;
  status: Status;
  conclusion: Conclusion | undefined;
}

export interface Artifact {
  readonly id: number;
  readonly run: Run;
  readonly job: Job;
  readonly backendId: string;
  readonly name: string;
  readonly mimeType: string;
  readonly blob: string;
  readonly createdAt: Date;
  expiresAt: Date;
  finalized: boolean;
  size: number;
  /** `sha256:<hex>` as the uploader gave it. */
  digest: string | undefined;
}

export interface CacheEntry {
  readonly id: number;
  readonly repository: Repository;
  readonly ref: string;
  readonly key: string;
  readonly version: string;
  readonly blob: string;
  readonly createdAt: Date;
  finalized: boolean;
  size: number;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly headSha: string;
  readonly app: string;
  readonly detailsUrl: string;
  status: Status;
  conclusion: Conclusion | undefined;
}

export interface Release {
  readonly id: number;
  tagName: string;
  name: string;
  body: string;
  targetCommitish: string;
  draft: boolean;
  prerelease: boolean;
  immutable: boolean;
  latest: boolean;
  /** Whether the last write of the release had `make_latest` false. */
  neverLatest: boolean;
  readonly createdAt: Date;
  publishedAt: Date | undefined;
  readonly assets: Asset[];
}

export interface Asset {
  readonly id: number;
  name: string;
  label: string;
  readonly contentType: string;
  readonly state: "uploaded" | "starter";
  readonly size: number;
  readonly digest: string;
  readonly blob: string;
  downloads: number;
}
