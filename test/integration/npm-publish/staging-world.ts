import { runCommand } from "@release-actions/command";
import { CLIENTS } from "../../npm/clients.ts";
import type { StepResult } from "../../runner/job.ts";
import { type GitHub, startGitHub } from "../../stand-in/github.ts";
import { ONE_TIME_PASSWORD, type Right } from "../../stand-in/npm/credentials.ts";
import { type RegistryFront, startRegistryFront } from "../../stand-in/npm/registry-front.ts";
import type { Stage } from "../../stand-in/npm/staging.ts";
import { type FaultProxy, startProxy } from "../../stand-in/proxy/proxy.ts";
import { type NpmClient, type Setting, World } from "./world.ts";

/** The platforms of each product. */
export const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"] as const;
const WORKFLOW = "acme/widget/.github/workflows/release.yml";

/** Releases of two products to a registry with staging, like npm's, behind a proxy that counts requests and injects faults. */
export class StagingWorld {
  readonly world: World;
  readonly github: GitHub;
  readonly front: RegistryFront;
  readonly proxy: FaultProxy;

  private constructor(world: World, github: GitHub, front: RegistryFront, proxy: FaultProxy) {
    [this.world, this.github, this.front, this.proxy] = [world, github, front, proxy];
  }

  /** @param host the name by which clients know the registry. */
  static async start(host?: string): Promise<StagingWorld> {
    const [world, github] = await Promise.all([World.start(), startGitHub()]);
    const front = await startRegistryFront(world.registry.origin, world.token, `${github.origin}/oidc`, host);
    front.credentials.add("npm_plain", "plain");
    front.credentials.add("npm_stage_only", "stage-only");
    front.credentials.add("npm_read_only", "read-only");
    return new StagingWorld(world, github, front, await startProxy(front.origin));
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await Promise.all([this.front.close(), this.github.close()]);
    await this.world.close();
  }

  /** The packages of a product, in the order of publishing. */
  names(product: string, platforms: readonly string[] = PLATFORMS): string[] {
    return [...platforms.map((platform) => `${product}-${platform}`), product];
  }

  /** Registers the workflow as the trusted publisher of packages, with these rights. */
  async trust(names: readonly string[], rights: readonly Right[], environment?: string): Promise<void> {
    const publisher = { workflow: WORKFLOW, rights, ...(environment === undefined ? {} : { environment }) };
    for (const name of names) this.front.trusted.set(name, publisher);
  }

  /** A job's run, by its identity unless an input `token` says otherwise. */
  async run(products: readonly string[], setting: Setting = {}): Promise<StepResult> {
    const run = this.github.addRun({ repository: "acme/widget", workflow: "release.yml" });
    const job = this.github.env(run, undefined, { permissions: { "id-token": "write" } });
    const packages = products.map((name) => `- package: "${name}"\n  fields: { license: MIT }\n`).join("");
    const inputs = {
      ...{ registry: this.proxy.origin, token: "", packages, platforms: PLATFORMS.join(" "), provenance: "false" },
      ...setting.inputs,
    };
    // Without ACTIONS_RESULTS_URL the run can get an identity token, but has no artifacts.
    const env = { ...job, ACTIONS_RESULTS_URL: undefined, ...setting.env };
    return await this.world.publish("", { ...setting, inputs, env });
  }

  /** The stages of these packages that wait for approval, in the order in which they were staged. */
  waiting(names: readonly string[]): Stage[] {
    return [...this.front.staging.stages.values()].filter(({ packageName }) => names.includes(packageName));
  }

  /** Approves a stage with the request that `npm stage approve` sends. */
  async approve(id: string): Promise<void> {
    const headers = { authorization: `Bearer ${this.world.token}`, "npm-otp": ONE_TIME_PASSWORD };
    const response = await fetch(`${this.front.origin}/-/stage/${id}/approve`, { method: "POST", headers });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  }

  /** Runs npm as a maintainer does on their own machine. */
  async maintain(client: NpmClient, ...args: string[]): Promise<string> {
    const url = new URL(this.front.origin);
    const env = {
      ...process.env,
      ...{ npm_config_registry: this.front.origin, [`npm_config_//${url.host}/:_authToken`]: this.world.token },
      npm_config_update_notifier: "false",
    };
    const all = [CLIENTS[client], ...args, `--otp=${ONE_TIME_PASSWORD}`];
    return (await runCommand(process.execPath, all, { env })).stdout;
  }
}
