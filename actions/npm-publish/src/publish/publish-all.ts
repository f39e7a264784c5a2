import { NpmError } from "@release-actions/npm";
import { moveTag } from "./move-tag.ts";
import { type Outcome, waitFor } from "./outcome.ts";
import type { Plan, PlannedPackage } from "./plan-product.ts";
import { type UploadServices, uploadPackage } from "./upload.ts";

type Outcomes = ReadonlyMap<PlannedPackage, Outcome>;

/** Publishes the platform packages of all products first, so that a base package finds them when it is installed. */
export async function publishAll(plans: readonly Plan[], outcomes: Outcomes, services: UploadServices): Promise<void> {
  for (const [built, outcome] of outcomes) {
    const plan = plans.find(({ packages }) => packages.includes(built));
    if (plan?.tag === undefined) continue;
    if (built.name === plan.product.name) requireParts(plan, outcomes, services);
    await publishOne(plan, plan.tag, built, outcome, services);
  }
}

/** A base package must wait too while its platform packages wait for approval. */
function requireParts({ product, packages }: Plan, outcomes: Outcomes, { route }: UploadServices): void {
  const waiting = packages.filter((each) => outcomes.get(each)?.state === "waiting");
  if (waiting.length === 0 || route.stages) return;
  if (route.mayTurn) {
    route.stageFromNow();
    return;
  }
  const names = waiting.map(({ name }) => name).join(", ");
  throw new NpmError(`${product.name} is not published, because its parts wait for approval: ${names}`, {
    advice: "Let a maintainer approve them and run this job again, or use `publish: stage` or `auto`.",
  });
}

async function publishOne(
  { moves }: Plan,
  tag: string,
  built: PlannedPackage,
  outcome: Outcome,
  services: UploadServices,
): Promise<void> {
  const { stage } = built;
  if (built.isThere) {
    if (moves) await moveTag(built, tag, services);
    outcome.state = "verified";
  } else if (stage?.isCertain) {
    if (stage.tag !== undefined && stage.tag !== tag) {
      const message = `${built.name}@${built.version} is staged with the dist-tag ${stage.tag}, expected ${tag}: run \`mode: settle\` once it is approved`;
      services.runner.problem({ level: "warning", message });
    }
    waitFor(outcome, { id: stage.id, note: undefined });
  } else {
    await uploadPackage(built, tag, outcome, services).catch((error: unknown) => {
      outcome.isUnclear = !(error instanceof NpmError);
      throw error;
    });
  }
}
