import { parseVersion } from "@release-actions/channel";
import { DEFAULT_PATIENCE, retrying, TransientError } from "@release-actions/http";
import { explainRefusal, NpmError, type NpmFailure, type NpmRegistry, type RefusedRequest } from "@release-actions/npm";
import type { ActionRunner } from "../action.gen.ts";
import type { NpmCli, PublishOptions } from "../npm-cli.ts";
import type { KnownStages } from "./known-stages.ts";
import { isSame, type PlannedPackage, requireForward } from "./plan-product.ts";
import type { PublishRoute } from "./publish-route.ts";
import { readBack, readBackStage } from "./read-back.ts";

export interface UploadServices {
  readonly runner: ActionRunner;
  readonly npm: NpmCli;
  readonly registry: NpmRegistry;
  readonly route: PublishRoute;
  readonly stages: KnownStages;
  /** Whose credential publishes. */
  readonly credential: "token" | "identity";
}

export interface UploadOneServices extends UploadServices {
  /** Called when the registry has accepted the package and made it public. */
  readonly isSent: () => void;
}

export type UploadOptions = Omit<PublishOptions, "staged">;

export type Uploaded =
  | { readonly kind: "public" }
  | { readonly kind: "staged"; readonly id: string | undefined; readonly note: string | undefined };

/** Uploads one package and reads it back. After an unclear answer, asks the registry what it has. */
export async function uploadPackage(
  built: PlannedPackage,
  options: UploadOptions,
  services: UploadOneServices,
): Promise<Uploaded> {
  const { runner, registry } = services;
  const shown = `${built.name}@${built.version}`;
  const version = parseVersion(built.version);
  requireForward(built, options.tag, version, await registry.packument(built.name));
  const attempt = (): Promise<Uploaded> => uploadOnce(built, options, services);
  const uploaded = await retrying(`publishing ${shown}`, DEFAULT_PATIENCE, runner.signal, attempt, {
    reporter: runner,
  });
  if (uploaded.kind === "public") {
    services.isSent();
    await readBack(built, options.tag, registry, runner);
    runner.info(`published ${shown} and read it back`);
  } else {
    await readBackStage(built, uploaded.id, services);
    runner.info(`staged ${shown}${uploaded.id === undefined ? "" : ` as ${uploaded.id}`}: it waits for approval`);
  }
  return uploaded;
}

async function uploadOnce(built: PlannedPackage, options: UploadOptions, services: UploadServices): Promise<Uploaded> {
  const { runner, npm, registry, route, credential } = services;
  const shown = `${built.name}@${built.version}`;
  const staged = route.stages;
  runner.info(`${staged ? "staging" : "publishing"} ${shown} with the dist-tag ${options.tag}`);
  const answer = await npm.publish(built.tarball, { ...options, staged });
  if (answer.kind === "taken")
    return staged ? { kind: "staged", id: answer.stageId, note: undefined } : { kind: "public" };
  if (await isSame(built, await registry.packument(built.name), registry)) return { kind: "public" };

  const { name, version, exists } = built;
  const workflow = runner.env["GITHUB_WORKFLOW_REF"];
  const request: RefusedRequest = { name, version, exists, action: staged ? "stage" : "publish", credential, workflow };
  const { kind, cause, advice } = explainRefusal(answer.failure, request);
  const message = messageOf(shown, answer.failure, cause);
  if (kind === "must-stage" && route.mayTurn) {
    route.stageFromNow();
    runner.info(`${message}; this package and the following ones are staged instead`);
    return await uploadOnce(built, options, services);
  }
  if (kind === "staged-before") return await whatIsStaged(built, staged, services, message, advice);
  if (kind === "transient") throw new TransientError(message);
  throw new NpmError(message, advice === undefined ? {} : { advice });
}

/** The registry says that the version exists, but it is not public: it was staged, or is still being processed. */
async function whatIsStaged(
  built: PlannedPackage,
  staged: boolean,
  { registry, stages, route }: UploadServices,
  message: string,
  advice: string | undefined,
): Promise<Uploaded> {
  const known = await stages.find(built);
  if (known !== undefined) {
    if (!staged) {
      if (!route.mayTurn) throw new NpmError(message, advice === undefined ? {} : { advice });
      route.stageFromNow();
    }
    return { kind: "staged", id: known.id, note: known.isCertain ? undefined : "staged by an earlier attempt" };
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
      kind: "staged",
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
