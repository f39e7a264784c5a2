import { isNpmOlder, requireNpm, STAGING_NPM } from "@release-actions/npm";

/** Whether packages go public at once or wait for approval. It can change once, from the first to the second. */
export class PublishRoute {
  stages: boolean;
  readonly #mayStage: boolean;

  /** @throws NpmError when staging is required and this npm does not support it. */
  constructor(wish: "auto" | "direct" | "stage", npmVersion: string) {
    if (wish === "stage") requireNpm(npmVersion, STAGING_NPM, "stage");
    this.stages = wish === "stage";
    this.#mayStage = wish === "auto" && !isNpmOlder(npmVersion, STAGING_NPM);
  }

  /** Whether to stage packages when the registry refuses to publish them directly. */
  get mayTurn(): boolean {
    return this.#mayStage && !this.stages;
  }

  /** Stages all following packages: a base package must not be public before its platform packages. */
  stageFromNow(): void {
    this.stages = true;
  }
}
