import { chmodSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createTransport } from "@release-actions/http";
import { type NpmRegistry, openNpmRegistry } from "@release-actions/npm";
import { silentReporter } from "@release-actions/report";
import { compilePrograms, makeRelease, type Programs, type ReleaseOptions } from "../../npm/archives.ts";
import { CLIENTS } from "../../npm/clients.ts";
import { Verdaccio } from "../../npm/verdaccio.ts";
import { Job, type StepOptions, type StepResult } from "../../runner/job.ts";
import { type FaultProxy, startProxy } from "../../stand-in/proxy/proxy.ts";

export type NpmClient = "npm" | "npm11";

export interface Setting {
  readonly version?: string;
  readonly release?: ReleaseOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stop?: StepOptions["stop"];
  /** Changes the workspace before the step. */
  readonly prepare?: (job: Job) => void;
  /** Which npm of `CLIENTS` the runner has. Default `npm`. */
  readonly client?: NpmClient;
  /** A folder of the job that comes first on the PATH. */
  readonly searchPath?: (job: Job) => string;
  /** Inspects the workspace after the step. */
  readonly inspect?: (job: Job, step: StepResult) => void | Promise<void>;
}

/** One real registry behind a proxy that injects faults, the programs of a release, and the real npm. */
export class World {
  readonly registry: Verdaccio;
  readonly proxy: FaultProxy;
  readonly token: string;
  readonly programs: Programs;
  /** For each client, a folder for the PATH with the pinned `npm` of that client. */
  readonly #bins: Readonly<Record<NpmClient, string>>;
  #count = 0;

  private constructor(registry: Verdaccio, proxy: FaultProxy, token: string, programs: Programs) {
    [this.registry, this.proxy, this.token, this.programs] = [registry, proxy, token, programs];
    this.#bins = { npm: binFolder("npm"), npm11: binFolder("npm11") };
  }

  static async start(): Promise<World> {
    const [registry, programs] = await Promise.all([Verdaccio.start(), compilePrograms()]);
    const token = await registry.addUser("dev");
    return new World(registry, await startProxy(registry.origin), token, programs);
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.registry.close();
    for (const folder of Object.values(this.#bins)) rmSync(folder, { recursive: true });
  }

  /** A name that no other test uses. */
  newName(): string {
    this.#count += 1;
    return `@acme/widget${this.#count}`;
  }

  get searchPath(): string {
    return this.searchPathOf("npm");
  }

  searchPathOf(client: NpmClient): string {
    return [this.#bins[client], process.env["PATH"]].join(path.delimiter);
  }

  /** A client that goes directly to the registry, without the proxy and its faults. */
  client(): NpmRegistry {
    const { signal } = new AbortController();
    const options = { transport: createTransport(), token: undefined, reporter: silentReporter, signal };
    return openNpmRegistry(this.registry.origin, options);
  }

  /** The dist-tags of a package, by name. */
  async tags(name: string): Promise<Record<string, string>> {
    return Object.fromEntries((await this.client().packument(name))?.tags ?? []);
  }

  /** Runs the action on a release of `version` under `name`. */
  async publish(name: string, setting: Setting = {}): Promise<StepResult> {
    const {
      version = "1.2.3",
      release = {},
      inputs = {},
      env = {},
      stop,
      prepare,
      searchPath,
      inspect,
      client = "npm",
    } = setting;
    const facts = { GITHUB_REPOSITORY: "acme/widget", GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main" };
    await using job = await Job.open({ env: { ...facts, ...env } });
    job.write(Object.fromEntries(makeRelease(this.programs, version, release)));
    prepare?.(job);
    const defaults = {
      ...{ plan: "plan.json", archives: "distrib", registry: this.proxy.origin, token: this.token },
      // Only two of the four platforms, because npm needs most of a second for each.
      platforms: "linux-x64 darwin-arm64",
      packages: `- package: "${name}"\n  fields: { license: MIT }\n`,
    };
    const folders = [...(searchPath === undefined ? [] : [searchPath(job)]), this.searchPathOf(client)];
    const options = {
      inputs: { ...defaults, ...inputs },
      env: { PATH: folders.join(path.delimiter) },
      ...(stop && { stop }),
    };
    const step = await job.step("npm-publish", options);
    await inspect?.(job, step);
    return step;
  }
}

function binFolder(client: NpmClient): string {
  const folder = mkdtempSync(path.join(tmpdir(), "npm-bin-"));
  chmodSync(CLIENTS[client], 0o755);
  symlinkSync(CLIENTS[client], path.join(folder, "npm"));
  return folder;
}
