import type { OwnEngine } from "../../scripts/docker-engine.ts";
import { isOnPath } from "../parts.ts";
import { type GitHub, startGitHub } from "../stand-in/github.ts";
import type { Run } from "../stand-in/model.ts";
import { Act } from "./act.ts";
import { dockerEnv } from "./docker-client.ts";
import { publishedTree } from "./published-tree.ts";
import { THIRD_PARTY } from "./third-party.ts";

/** Repositories that workflows use: the folder of each, by `owner/name@ref`. */
export interface UsedRepositories extends Disposable {
  readonly uses: Readonly<Record<string, string>>;
}

/** What runs under act need: an engine and its client, GitHub's services, and our actions as published. */
export class ActSetting implements AsyncDisposable {
  readonly github: GitHub;
  /** The environment in which `docker` talks to the engine. */
  readonly env: Readonly<Record<string, string>>;
  readonly #used: readonly UsedRepositories[];
  readonly #docker: ReturnType<typeof dockerEnv>;

  /** `actions` are our actions that the workflows use, directly or through other actions. */
  static async open(engine: OwnEngine, actions: readonly string[], ...used: UsedRepositories[]): Promise<ActSetting> {
    if (!isOnPath("act") || !isOnPath("docker") || !isOnPath("jq")) throw new Error("needs act, docker and jq");
    return new ActSetting(await startGitHub(), dockerEnv(engine), [publishedTree(actions), ...used]);
  }

  private constructor(github: GitHub, docker: ReturnType<typeof dockerEnv>, used: readonly UsedRepositories[]) {
    this.github = github;
    this.env = docker.env;
    this.#docker = docker;
    this.#used = used;
  }

  /** Returns act for the jobs of this run; `folder` contains the run's repository. */
  act(folder: string, run: Run): Act {
    const uses = Object.assign({}, ...this.#used.map((repositories) => repositories.uses), THIRD_PARTY);
    return new Act({ repository: folder, uses, results: resultsOf(this.github, run) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of [...this.#used, this.#docker]) each[Symbol.dispose]();
    await this.github.close();
  }
}

/** The artifact and cache services of a run, which act uses instead of its own. */
export function resultsOf(github: GitHub, run: Run): Readonly<Record<string, string>> {
  const { ACTIONS_RESULTS_URL = "", ACTIONS_RUNTIME_TOKEN = "" } = github.env(run, github.addJob(run));
  return { ACTIONS_RESULTS_URL, ACTIONS_RUNTIME_TOKEN };
}

/** The actions that `docker.yml` uses. */
export const DOCKER_ACTIONS: readonly string[] = [
  ...["build-image", "cache-access", "debug-symbols", "hakari-check", "plan-image", "release-channel"],
  "save-restate-image",
];
