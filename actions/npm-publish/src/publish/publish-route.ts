import { isNpmOlder, NpmError, STAGING_NPM } from "@release-actions/npm";

export type PublishWish = "auto" | "direct" | "stage";

/** Whether packages go public at once or wait for approval. It can change once, from the first to the second. */
export interface PublishRoute {
  readonly stages: boolean;
  /** Whether to stage packages when the registry refuses to publish them directly. */
  readonly mayTurn: boolean;
  /** Stages all following packages: a base package must not be public before its platform packages. */
  stageFromNow(): void;
}

/** @throws NpmError when staging is required and this npm does not support it. */
export function openRoute(wish: PublishWish, npmVersion: string): PublishRoute {
  const canStage = !isNpmOlder(npmVersion, STAGING_NPM);
  if (wish === "stage" && !canStage) {
    throw new NpmError(`npm is ${npmVersion}, expected ${STAGING_NPM} or newer to stage`, {
      advice: "Set up a newer Node.js, or run `npm install --global npm@11` before this step.",
    });
  }
  let stages = wish === "stage";
  return {
    get stages() {
      return stages;
    },
    get mayTurn() {
      return wish === "auto" && canStage && !stages;
    },
    stageFromNow: () => {
      stages = true;
    },
  };
}
