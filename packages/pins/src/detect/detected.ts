import type { Fact, Relation } from "../fact.ts";
import type { DigestLookup } from "../keep-digest.ts";
import type { Repository } from "../locate/repository.ts";

export interface DetectOptions {
  readonly repository: Repository;
  readonly tag: string | undefined;
  readonly inspectImage: (image: string) => Promise<string | undefined>;
  readonly imageDigest: DigestLookup;
}

export interface Detected {
  readonly facts: readonly Fact[];
  readonly relations: readonly Relation[];
  readonly elsewhere: readonly string[];
}
