import type { CiJob } from "../ci/job.ts";
import type { Fact, Relation } from "../fact.ts";
import type { DigestLookup } from "../keep-digest.ts";
import type { History } from "../locate/history.ts";
import type { Repository } from "../locate/repository.ts";
import type { Finding } from "../relation.ts";

export interface DetectOptions {
  readonly repository: Repository;
  readonly tag: string | undefined;
  readonly history: History;
  readonly inspectImage: (image: string) => Promise<string | undefined>;
  readonly imageDigest: DigestLookup;
}

/** What a part of the detection may look at: the options, and what was read once for all parts. */
export interface Sources extends DetectOptions {
  readonly jobs: readonly CiJob[];
}

export interface Detected {
  readonly facts: readonly Fact[];
  /** To be evaluated on the facts. */
  readonly relations: readonly Relation[];
  /** Judged already. */
  readonly findings: readonly Finding[];
  /** What is in another repository and has to follow by hand. */
  readonly elsewhere: readonly string[];
  /** What was decided and why, and what is legal and cannot be known here. */
  readonly notes: readonly string[];
}

export const NOTHING: Detected = { facts: [], relations: [], findings: [], elsewhere: [], notes: [] };
