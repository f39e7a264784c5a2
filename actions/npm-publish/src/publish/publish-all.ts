import { NpmError } from "@release-actions/npm";
import { moveTag } from "./move-tag.ts";
import type { Outcome } from "./outcome.ts";
import type { Plan, PlannedPackage } from "./plan-product.ts";
import type { Credentials } from "./preflight.ts";
import { type UploadServices, uploadPackage } from "./upload.ts";

type Outcomes = ReadonlyMap<PlannedPackage, Outcome>;

/** Publishes the platform packages of all products first, so that a base package finds them when it is installed. */
export async function publishAll(
  plans: readonly Plan[],
  outcomes: Outcomes,
  credentials: Credentials,
  services: UploadServices,
): Promise<void> {
  for (const [built, outcome] of outcomes) {
    const plan = plans.find(({ packages }) => packages.includes(built));
    if (plan?.tag === undefined) continue;
    if (built.name === plan.product.base.name) requireParts(plan, outcomes, services);
    await publishOne(plan, built, outcome, credentials, services);
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
  throw new NpmError(`${product.base.name} is not published, because its parts wait for approval: ${names}`, {
    advice: "Let a maintainer approve them and run this job again, or use `publish: stage` or `auto`.",
  });
}

async function publishOne(
  plan: Plan,
  built: PlannedPackage,
  outcome: Outcome,
  credentials: Credentials,
  services: UploadServices,
): Promise<void> {
  const { tag = "" } = plan;
  const { provenance, kind } = credentials;
  if (built.isThere) {
    if (plan.moves) await moveTag(built, tag, credentials, services);
    outcome.state = "verified";
    return;
  }
  if (built.stage?.isCertain) {
    if (built.stage.tag !== undefined && built.stage.tag !== tag) {
      const message = `${built.name}@${built.version} is staged with the dist-tag ${built.stage.tag}, expected ${tag}: run \`mode: settle\` once it is approved`;
      services.runner.problem({ level: "warning", message });
    }
    wait(outcome, built.stage.id, undefined);
    return;
  }
  const { access } = services.runner.inputs;
  // An existing package keeps its access. npm needs the option for new packages and for provenance.
  const said = !built.exists || provenance ? access : undefined;
  const options = { tag, access: built.name.startsWith("@") ? said : undefined, provenance };
  const isSent = (): void => {
    outcome.state = "sent";
  };
  const uploaded = await uploadPackage(
    built,
    { ...options, identity: provenance || kind === "identity" },
    { ...services, isSent },
  ).catch((error: unknown) => {
    outcome.isUnclear = !(error instanceof NpmError);
    throw error;
  });
  if (uploaded.kind === "staged") {
    wait(outcome, uploaded.id ?? built.stage?.id, uploaded.note);
    return;
  }
  outcome.state = "verified";
  outcome.published = true;
}

function wait(outcome: Outcome, id: string | undefined, note: string | undefined): void {
  outcome.state = "waiting";
  outcome.stage = { id, note };
}
