import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openZip, readZipEntry } from "@release-actions/archive";
import { findInCurrentRun } from "@release-actions/artifacts";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { formatDuration } from "@release-actions/report";
import type { Run } from "../../stand-in/model.ts";
import type { NetworkFault } from "../../stand-in/proxy/faults.ts";
import type { RulePattern } from "../../stand-in/proxy/rules.ts";
import { type ClientRun, runPublishedArtifactClient } from "../../stand-in/published/run.ts";
import { Fixture, open, sha256 } from "./fixture.ts";
import type { UploadOutcome } from "./upload-child.ts";

const NAME = "restate.tar";
/** How long the tests wait for the published client, whose own limits are minutes. */
const CLIENT_LIMIT_MS = 45_000;

export interface Scenario {
  /** For example `F04: a connection reset in the body`. */
  readonly title: string;
  readonly does: "download" | "upload";
  readonly where: "services" | "storage";
  readonly pattern: RulePattern;
  readonly faults: readonly NetworkFault[];
  /** Variables for the uploading process. */
  readonly env?: Readonly<Record<string, string>>;
  /** How our client must end: with the right bytes, or with an error whose message matches. */
  readonly ours: "right" | RegExp;
}

export interface Outcome {
  /** The right bytes, a clear error, wrong bytes that were accepted, or no end within the limit. */
  readonly verdict: "right" | "refused" | "wrong" | "endless";
  readonly said: string;
  readonly ms: number;
}

/** A stand-in of GitHub's services with one artifact, on which scenarios run one after the other. */
export class Lane {
  readonly #fixture: Fixture;
  readonly #file: string;
  readonly #expected: string;
  readonly #run: Run;

  private constructor(fixture: Fixture, file: string, expected: string) {
    this.#fixture = fixture;
    this.#file = file;
    this.#expected = expected;
    this.#run = fixture.world.github.addRun();
  }

  static async open(file: string): Promise<Lane> {
    const lane = new Lane(await Fixture.start(), file, await sha256(await readFile(file)));
    await lane.#publishedUpload(lane.#run);
    return lane;
  }

  async close(): Promise<void> {
    await this.#fixture.world.close();
  }

  async ours({ does, env, ...fault }: Scenario): Promise<Outcome> {
    return await this.#under(fault, async () => {
      if (does === "upload") return await this.#ourUpload(env);
      const artifact = await open(await findInCurrentRun(this.#fixture.results(this.#run), NAME));
      if (artifact.kind !== "ranged") return { verdict: "refused", said: "no ranges: the other way in" };
      const [entry] = await openZip(artifact.source);
      const content = entry === undefined ? Buffer.alloc(0) : readZipEntry(artifact.source, entry);
      return this.#judge(await sha256(content));
    });
  }

  async published({ does, env, ...fault }: Scenario): Promise<Outcome> {
    return await this.#under(fault, async () => {
      if (does === "upload") {
        const run = this.#fixture.world.github.addRun();
        const { exitCode, log } = await this.#publishedUpload(run, env);
        return exitCode === 0 ? { verdict: "right", said: "" } : { verdict: "refused", said: errorIn(log) };
      }
      using target = new FileTree();
      const { id, digest = "" } = this.#fixture.world.github.artifact(this.#run, NAME);
      const { exitCode, log } = await this.#client(this.#run, {
        do: "download",
        id,
        options: { path: target.root, expectedHash: digest },
      });
      if (exitCode !== 0) return { verdict: "refused", said: errorIn(log) };
      if (log.includes('"digestMismatch":true')) return { verdict: "refused", said: "digestMismatch, files stay" };
      const content = await readFile(target.path(NAME)).catch(() => Buffer.alloc(0));
      return this.#judge(await sha256(content));
    });
  }

  async #under(
    { where, pattern, faults }: Pick<Scenario, "where" | "pattern" | "faults">,
    work: () => Promise<Omit<Outcome, "ms">>,
  ): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
      this.#fixture.world.reset();
      const rule = this.#fixture.world[where].inject(pattern, ...faults);
      const started = performance.now();
      const outcome = await work().catch(
        (error: unknown): Omit<Outcome, "ms"> =>
          error instanceof DOMException
            ? { verdict: "endless", said: `no end within ${formatDuration(CLIENT_LIMIT_MS)}` }
            : { verdict: "refused", said: error instanceof Error ? error.message : String(error) },
      );
      if (rule.hits > 0) return { ...outcome, ms: performance.now() - started };
      // On a busy machine a client may reach its time limit before its first request.
      if (attempt === 3) throw new Error(`the fault was never injected: ${outcome.said}`);
    }
  }

  #judge(digest: string): Omit<Outcome, "ms"> {
    return digest === this.#expected
      ? { verdict: "right", said: "" }
      : { verdict: "wrong", said: "green, wrong bytes" };
  }

  async #ourUpload(env: Scenario["env"]): Promise<Omit<Outcome, "ms">> {
    const own = this.#fixture.world.github.env(this.#fixture.world.github.addRun());
    const request = { name: NAME, file: this.#file, format: "zip", retentionDays: 1, ifExists: "same" };
    const { stdout } = await runCommand(
      process.execPath,
      [path.join(import.meta.dirname, "upload-child.ts"), JSON.stringify(request)],
      { env: { PATH: process.env["PATH"], ...own, ...env } },
    );
    // The child writes this line from a value of that type.
    const outcome = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as UploadOutcome;
    return "id" in outcome ? { verdict: "right", said: "" } : { verdict: "refused", said: outcome.message };
  }

  async #publishedUpload(run: Run, env: Scenario["env"] = {}): Promise<ClientRun> {
    const [files, options] = [[this.#file], { compressionLevel: 0 }];
    return await this.#client(run, { do: "upload", name: NAME, files, root: path.dirname(this.#file), options }, env);
  }

  async #client(
    run: Run,
    request: Parameters<typeof runPublishedArtifactClient>[0],
    more: Scenario["env"] = {},
  ): Promise<ClientRun> {
    const env = { ...this.#fixture.world.github.env(run), GITHUB_WORKSPACE: tmpdir(), ...more };
    return await runPublishedArtifactClient(request, { env, signal: AbortSignal.timeout(CLIENT_LIMIT_MS) });
  }
}

/** The error message with which the client's process ended. */
function errorIn(log: string): string {
  return /^(?:\w*Error|\[?Error)[^\n]*/m.exec(log)?.[0] ?? log.trim().split("\n").at(-1) ?? "";
}
