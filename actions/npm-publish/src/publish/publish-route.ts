import { isNpmOlder, NpmError, STAGING_NPM } from "@release-actions/npm";

export type PublishWish = "auto" | "direct" | "stage";

/** Whether packages go public at once or wait for approval. It turns once at most, from the first to the second. */
export interface PublishRoute {
  readonly stages: boolean;
  /** Whether a refusal to publish directly may be met by staging. */
  readonly mayTurn: boolean;
  /** From now on everything is staged: what is installed by name must not be public before its parts. */
  stageFromNow(): void;
}

/** @throws NpmError when staging is wanted, and this npm cannot. */
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
