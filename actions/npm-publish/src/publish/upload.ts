import { DEFAULT_PATIENCE, retrying, TransientError } from "@release-actions/http";
import { explainRefusal, NpmError, type NpmFailure, type RefusedRequest } from "@release-actions/npm";
import type { PublishOptions } from "../npm-cli.ts";
import type { FindStage } from "./known-stages.ts";
import { type Outcome, type Stage, waitFor } from "./outcome.ts";
import { isSame, type PlannedPackage, requireForward } from "./plan-product.ts";
import type { PublishRoute } from "./publish-route.ts";
import { readBack, readBackStage } from "./read-back.ts";
import type { Services } from "./services.ts";

export interface UploadServices extends Services {
  readonly route: PublishRoute;
  readonly findStage: FindStage;
}

type UploadOptions = Omit<PublishOptions, "staged">;

/** The result of an upload: the stage in which the version waits, or that it is public. */
type Uploaded = Stage | "public";

/** Uploads one package and reads it back. After an unclear answer, asks the registry what it has. */
export async function uploadPackage(
  built: PlannedPackage,
  tag: string,
  outcome: Outcome,
  services: UploadServices,
): Promise<void> {
  const { runner, registry } = services;
  const { kind, provenance } = services.credentials;
  const shown = `${built.name}@${built.version}`;
  requireForward(built, tag, await registry.packument(built.name));
  // An existing package keeps its access. npm needs the option for new packages and for provenance.
  const access = built.name.startsWith("@") && (!built.exists || provenance) ? runner.inputs.access : undefined;
  const options = { tag, access, provenance, identity: provenance || kind === "identity" };
  const attempt = (): Promise<Uploaded> => uploadOnce(built, options, services);
  const uploaded = await retrying(`publishing ${shown}`, DEFAULT_PATIENCE, runner.signal, attempt, {
    reporter: runner,
  });
  if (uploaded === "public") {
    outcome.state = "sent";
    await readBack(built, tag, services);
    runner.info(`published ${shown} and read it back`);
    outcome.state = "verified";
    outcome.published = true;
  } else {
    await readBackStage(built, uploaded.id, services);
    runner.info(`staged ${shown}${uploaded.id === undefined ? "" : ` as ${uploaded.id}`}: it waits for approval`);
    waitFor(outcome, { ...uploaded, id: uploaded.id ?? built.stage?.id });
  }
}

async function uploadOnce(built: PlannedPackage, options: UploadOptions, services: UploadServices): Promise<Uploaded> {
  const { runner, npm, registry, route, credentials } = services;
  const shown = `${built.name}@${built.version}`;
  const staged = route.stages;
  runner.info(`${staged ? "staging" : "publishing"} ${shown} with the dist-tag ${options.tag}`);
  const { failure, stageId } = await npm.publish(built.tarball, { ...options, staged });
  if (failure === undefined) return staged ? { id: stageId, note: undefined } : "public";
  if (await isSame(built, await registry.packument(built.name), registry)) return "public";

  const { name, version, exists } = built;
  const workflow = runner.env["GITHUB_WORKFLOW_REF"];
  const credential = credentials.kind === "token" ? "token" : "identity";
  const request: RefusedRequest = { name, version, exists, action: staged ? "stage" : "publish", credential, workflow };
  const { kind, cause, advice } = explainRefusal(failure, request);
  const message = messageOf(shown, failure, cause);
  if (kind === "must-stage" && route.mayTurn) {
    route.stageFromNow();
    runner.info(`${message}; this package and the following ones are staged instead`);
    return await uploadOnce(built, options, services);
  }
  if (kind === "staged-before") return await whatIsStaged(built, staged, services, message, advice);
  if (kind === "transient") throw new TransientError(message);
  throw new NpmError(message, { advice });
}

/** The registry says that the version exists, but it is not public: it was staged, or is still being processed. */
async function whatIsStaged(
  built: PlannedPackage,
  staged: boolean,
  { registry, findStage, route }: UploadServices,
  message: string,
  advice: string | undefined,
): Promise<Uploaded> {
  const known = await findStage(built);
  if (known !== undefined) {
    if (!staged) {
      if (!route.mayTurn) throw new NpmError(message, { advice });
      route.stageFromNow();
    }
    return { id: known.id, note: known.isCertain ? undefined : "staged by an earlier attempt" };
  }
  const status = await registry.versionStatus(built.name, built.version);
  if (status === "published") throw new TransientError(`${message}, and the registry does not show it yet`);
  if (status === "blocked" || status === "deleted") {
    throw new NpmError(`${message}: the registry says it is ${status}`, {
      advice: "Look at its page on the registry, then raise the version.",
    });
  }
  // A trusted publisher cannot see stages, but the refusal proves that there is one.
  if (staged)
    return {
      id: undefined,
      note: "staged by an earlier run, whose content this job cannot read: compare before approving",
    };
  throw new TransientError(message, { atMost: DIRECT_TRIES });
}

/** How often to ask for a version after a lost answer: the registry may need a while to show it. */
const DIRECT_TRIES = 6;

function messageOf(shown: string, { code, summary }: NpmFailure, cause: string | undefined): string {
  const said = code === "" ? summary : `${summary} (${code})`;
  return cause === undefined
    ? `npm cannot publish ${shown}: ${said}`
    : `npm cannot publish ${shown}: ${cause}. npm says: ${said}`;
}
