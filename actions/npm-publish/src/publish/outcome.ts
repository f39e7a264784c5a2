import { type Channel, leftOutByRules } from "@release-actions/channel";
import type { Plan, PlannedPackage } from "./plan-product.ts";

/** The stage of a version that waits for approval. */
export interface Stage {
  /** Undefined when the registry shows it to maintainers only. */
  readonly id: string | undefined;
  /** Why it is uncertain, if it is. */
  readonly note: string | undefined;
}

/** The result for one package, updated while publishing goes on. */
export interface Outcome {
  readonly name: string;
  readonly version: string;
  /** The integrity of the tarball that this run packed; undefined when it packed none. */
  readonly integrity: string | undefined;
  readonly tag: string | undefined;
  /** Why the rules leave it out, if they do. */
  readonly leftOut: string | undefined;
  state: "planned" | "sent" | "verified" | "waiting" | "skipped";
  /** Whether the upload ended without an answer that shows if the registry accepted it. */
  isUnclear: boolean;
  /** Whether this step published it directly, without staging. */
  published: boolean;
  stage: Stage | undefined;
}

/** One outcome for each package, in publishing order: all platform packages of all products, then the base packages. */
export function outcomesOf(plans: readonly Plan[]): ReadonlyMap<PlannedPackage, Outcome> {
  const parts = plans.flatMap((plan) => plan.packages.slice(0, -1).map((built) => ({ plan, built })));
  const bases = plans.flatMap((plan) => plan.packages.slice(-1).map((built) => ({ plan, built })));
  return new Map([...parts, ...bases].map(({ plan, built }) => [built, newOutcome(built, plan.channel, plan.tag)]));
}

/** The outcome before anything is done: a package without a dist-tag is left out. */
export function newOutcome(
  { name, version, integrity }: Pick<Outcome, "name" | "version" | "integrity">,
  channel: Channel,
  tag: string | undefined,
): Outcome {
  const leftOut = tag === undefined ? leftOutByRules(channel, "the npm package") : undefined;
  const state = tag === undefined ? "skipped" : "planned";
  return { name, version, integrity, tag, leftOut, state, isUnclear: false, published: false, stage: undefined };
}

export function waitFor(outcome: Outcome, stage: Stage): void {
  outcome.state = "waiting";
  outcome.stage = stage;
}

export function reasonOf({ leftOut, published, state, isUnclear, stage }: Outcome, dryRun: boolean): string {
  if (leftOut !== undefined) return leftOut;
  if (published) return "published and read back";
  if (state === "verified") return "already there, with the same content";
  if (state === "waiting") return `waits for approval${stage?.note === undefined ? "" : ` (${stage.note})`}`;
  if (state === "sent") return "npm accepted it, but it could not be read back";
  if (dryRun) return "not published: a dry run";
  return isUnclear ? "publishing failed: npm may or may not have accepted it" : "publishing failed";
}
