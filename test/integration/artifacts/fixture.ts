import { createHash, randomBytes } from "node:crypto";
import {
  type ArtifactLocation,
  createResultsService,
  findInCurrentRun,
  type OpenArtifact,
  openArtifact,
  openArtifactRest,
  type Pace,
  type ResultsService,
} from "@release-actions/artifacts";
import type { Rest } from "@release-actions/github-rest";
import { createTransport, type Patience } from "@release-actions/http";
import { silentReporter } from "@release-actions/report";
import type { Permissions, Repository, Run } from "../../stand-in/model.ts";
import { type ProxiedGitHub, startGitHubBehindProxy } from "../../stand-in/proxy/behind-proxy.ts";

/**
 * Short times, so that tests are quick, but long enough for a busy machine. The tests check the order of events, not
 * their duration.
 */
export const PATIENCE: Patience = { budgetMs: 15_000, firstPauseMs: 5, longestPauseMs: 50 };
export const PACE: Pace = { headersMs: 1000, silenceMs: 1000, window: { ms: 1000, bytes: 20_000 } };

/** As many bytes as five parts of a ranged read. */
export const CONTENT = randomBytes(10_000_000);

export const transport = createTransport();

export class Fixture {
  readonly world: ProxiedGitHub;
  #stored: Promise<ArtifactLocation> | undefined;

  private constructor(world: ProxiedGitHub) {
    this.world = world;
  }

  static async start(): Promise<Fixture> {
    return new Fixture(await startGitHubBehindProxy());
  }

  results(run: Run, env = this.world.github.env(run)): ResultsService {
    const [url, token] = [env["ACTIONS_RESULTS_URL"] ?? "", env["ACTIONS_RUNTIME_TOKEN"] ?? ""];
    return createResultsService({ url, token, transport, patience: PATIENCE });
  }

  rest(repository: Repository, permissions: Permissions = { actions: "read", checks: "read", contents: "read" }): Rest {
    const token = this.world.github.token(repository, permissions);
    return openArtifactRest({
      ...{ apiUrl: this.world.services.origin, token, transport, patience: PATIENCE, reporter: silentReporter },
    });
  }

  /** The artifact with `CONTENT`, as a later job of the same run sees it. */
  stored(): Promise<ArtifactLocation> {
    this.#stored ??= this.#store(CONTENT);
    return this.#stored;
  }

  async #store(content: Buffer): Promise<ArtifactLocation> {
    const run = this.world.github.addRun();
    await this.world.github.addArtifact(run, { name: "restate.tar", content });
    return await findInCurrentRun(this.results(run), "restate.tar");
  }
}

export async function open(location: ArtifactLocation, patience = PATIENCE, pace = PACE): Promise<OpenArtifact> {
  return await openArtifact(location, { transport, reporter: silentReporter, patience, pace });
}

export async function sha256(bytes: AsyncIterable<Uint8Array> | Buffer): Promise<string> {
  const hash = createHash("sha256");
  if (Buffer.isBuffer(bytes)) hash.update(bytes);
  else for await (const chunk of bytes) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}
