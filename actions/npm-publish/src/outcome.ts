import type { Plan, PlannedPackage } from "./plan-product.ts";

/** Of a version that waits for approval. */
export interface Stage {
  /** Undefined where the registry tells it to maintainers only. */
  readonly id: string | undefined;
  /** What is not certain about it. */
  readonly note: string | undefined;
}

/** What became of one package; filled in while publishing goes on. */
export interface Outcome {
  readonly name: string;
  readonly version: string;
  /** Of what this run packed; undefined when it packed nothing. */
  readonly integrity: string | undefined;
  readonly tag: string | undefined;
  /** Why it is left out, where the rules say so. */
  readonly leftOut: string | undefined;
  state: "planned" | "verified" | "waiting" | "skipped";
  /** By this step, directly. */
  published: boolean;
  stage: Stage | undefined;
}

export function outcomesOf(plans: readonly Plan[]): ReadonlyMap<PlannedPackage, Outcome> {
  const found = new Map<PlannedPackage, Outcome>();
  for (const { packages, tag, channel } of plans) {
    for (const built of packages) {
      const leftOut = tag === undefined ? `the rules publish no npm package of a ${channel} release` : undefined;
      const { name, version, integrity } = built;
      const state = tag === undefined ? "skipped" : "planned";
      found.set(built, { name, version, integrity, tag, leftOut, state, published: false, stage: undefined });
    }
  }
  return found;
}

export function reasonOf({ leftOut, published, state, stage }: Outcome, dryRun: boolean): string {
  if (leftOut !== undefined) return leftOut;
  if (published) return "published and read back";
  if (state === "verified") return "there already, with the same content";
  if (state === "waiting") return `waits for approval${stage?.note === undefined ? "" : ` (${stage.note})`}`;
  return dryRun ? "not published: a dry run" : "publishing failed";
}
