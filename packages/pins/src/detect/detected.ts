import type { CiJob } from "../ci/job.ts";
import type { Fact, Relation } from "../fact.ts";
import type { ImageLookup } from "../image.ts";
import type { History } from "../locate/history.ts";
import type { Repository } from "../locate/repository.ts";
import type { Finding } from "../relation.ts";

/** The repository to search, and the services that the detection uses. */
export interface DetectOptions {
  readonly repository: Repository;
  /** The git tag that is being released. */
  readonly tag: string | undefined;
  /** The history of the clone, which may be shallow. */
  readonly history: History;
  /** Looks up the Rust release inside an image. */
  readonly inspectImage: ImageLookup;
  /** Looks up the digest of an image's tag. */
  readonly imageDigest: ImageLookup;
}

/** The inputs of each part of the detection: the options, and the jobs, which are read once for all parts. */
export interface Sources extends DetectOptions {
  readonly jobs: readonly CiJob[];
}

export interface Detected {
  readonly facts: readonly Fact[];
  /** Relations that still have to be evaluated on the facts. */
  readonly relations: readonly Relation[];
  /** Findings that need no further evaluation. */
  readonly findings: readonly Finding[];
  /** Images that are built in other repositories and must be updated there by hand. */
  readonly elsewhere: readonly string[];
  /** Remarks for the reader: which rule was chosen and why, and what could not be checked. */
  readonly notes: readonly string[];
}

export const NOTHING: Detected = { facts: [], relations: [], findings: [], elsewhere: [], notes: [] };
