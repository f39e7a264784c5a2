import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { type LedgerRow, loadLedger } from "@release-actions/ledger";
import { runArtifacts } from "@release-actions/release-run";
import { silentReporter } from "@release-actions/report";
import { craftPlatformsArchive } from "../../images/crafted-archive.ts";
import { makeRelease } from "../../npm/archives.ts";
import { describeWith } from "../../parts.ts";
import { PASSWORD, RealRegistry, USER } from "../../registry/real-registry.ts";
import { killedRequests } from "../../release/killed-requests.ts";
import { Job, type StepResult } from "../../runner/job.ts";
import { type GitHub, startGitHub } from "../../stand-in/github.ts";
import type { Run } from "../../stand-in/model.ts";
import { type FaultProxy, startProxy } from "../../stand-in/proxy/proxy.ts";
import { World } from "../npm-publish/world.ts";

const MINUTES = 60_000;

jest.setTimeout(60 * MINUTES);
const VERSION = "1.2.3";
const ARCHIVE = craftPlatformsArchive({ "linux/amd64": randomBytes(50_000), "linux/arm64": randomBytes(50_000) });
const CHART = {
  "charts/widget/Chart.yaml": `apiVersion: v2\nname: widget\ndescription: Widgets\nversion: ${VERSION}\nappVersion: "${VERSION}"\n`,
  "charts/widget/values.yaml": "replicas: 2\n",
  "charts/widget/templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n",
};

/** One release of one publisher. */
interface Scene {
  readonly run: Run;
  /** A part of every name that this release publishes. It is unique to the scene. */
  readonly name: string;
}

interface Publisher {
  readonly action: string;
  readonly files: () => Readonly<Record<string, string | Uint8Array>>;
  readonly inputs: (scene: Scene) => Readonly<Record<string, string>>;
  readonly env?: () => Readonly<Record<string, string>>;
  /** The names of everything that the release publishes, as in the rows of the ledger. */
  readonly names: (scene: Scene) => readonly string[];
  /** Those of the names that people can already pull or install. */
  readonly out: (scene: Scene) => Promise<readonly string[]>;
}

describeWith(["cc", "helm", "registry"], "a publisher that is killed while it publishes to a registry", () => {
  let github: GitHub;
  let registries: readonly RealRegistry[];
  let proxies: readonly FaultProxy[];
  let npm: World;
  let count = 0;
  beforeAll(async () => {
    [github, registries, npm] = await Promise.all([
      startGitHub(),
      Promise.all([RealRegistry.start(), RealRegistry.start()]),
      World.start(),
    ]);
    proxies = await Promise.all(registries.map(({ origin }) => startProxy(origin)));
  });
  afterEach(() => {
    for (const proxy of [...proxies, npm.proxy]) proxy.reset();
    github.world.onRequest = undefined;
  });
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await Promise.all([...registries.map((registry) => registry.close()), github.close(), npm.close()]);
  });

  const host = (at: number): string => new URL(proxies[at]?.origin ?? "").host;
  const tagsOf = async (at: number, repository: string): Promise<readonly string[]> =>
    (await registries[at]?.client().tags(repository)) ?? [];
  const imageAt = (at: number, { name }: Scene): string => `${host(at)}/${name}/widget`;
  const packagesOf = ({ name }: Scene): readonly string[] =>
    ["-linux-x64", "-darwin-arm64", ""].map((ending) => `@acme/${name}${ending}`);

  const PUBLISHERS: readonly Publisher[] = [
    {
      action: "image-publish",
      files: () => ({ "widget.tar": ARCHIVE }),
      inputs: (scene) => ({
        source: "widget.tar",
        images: `${imageAt(0, scene)}\n${imageAt(1, scene)}`,
        logins: [0, 1].map((at) => `${host(at)} ${USER} ${PASSWORD}`).join("\n"),
      }),
      names: (scene) => [imageAt(0, scene), imageAt(1, scene)],
      out: async (scene) => {
        const tags = await Promise.all([0, 1].map((at) => tagsOf(at, `${scene.name}/widget`)));
        return [0, 1].filter((at) => tags[at]?.includes(VERSION)).map((at) => imageAt(at, scene));
      },
    },
    {
      action: "helm-publish",
      files: () => CHART,
      inputs: ({ name }) => ({ registry: `oci://${host(0)}/${name}`, username: USER, password: PASSWORD }),
      names: (scene) => [`oci://${imageAt(0, scene)}`],
      out: async (scene) =>
        (await tagsOf(0, `${scene.name}/widget`)).includes(VERSION) ? [`oci://${imageAt(0, scene)}`] : [],
    },
    {
      action: "npm-publish",
      files: () => Object.fromEntries(makeRelease(npm.programs, VERSION, {})),
      inputs: ({ name }) => ({
        ...{ archives: "distrib", registry: npm.proxy.origin, token: npm.token, provenance: "false" },
        ...{
          platforms: "linux-x64 darwin-arm64",
          packages: `- package: "@acme/${name}"\n  fields: { license: MIT }\n`,
        },
      }),
      env: () => ({ PATH: npm.searchPath }),
      names: packagesOf,
      out: async (scene) => {
        const client = npm.client();
        const there = await Promise.all(
          packagesOf(scene).map(async (name) => (await client.packument(name))?.versions.has(VERSION) === true),
        );
        return packagesOf(scene).filter((_, index) => there[index]);
      },
    },
  ];

  function prepare(): Scene {
    count += 1;
    const name = `killed${count}`;
    const repository = github.addRepository(`${name}/widget`);
    const { sha } = github.addCommit(repository, { ref: "refs/heads/main" });
    return { run: github.addRun({ repository: repository.fullName, headSha: sha, headBranch: "main" }), name };
  }

  async function publish(
    { action, files, inputs, env }: Publisher,
    scene: Scene,
    atRequest?: number,
  ): Promise<{ readonly step: StepResult; readonly requests: number }> {
    const job = await Job.open({ env: github.env(scene.run) });
    let requests = 0;
    let kill = (): void => undefined;
    const seen = (): void => {
      requests += 1;
      if (requests === atRequest) kill();
    };
    github.world.onRequest = seen;
    for (const proxy of [...proxies, npm.proxy]) proxy.onRequest = seen;
    try {
      const all = { "plan.json": JSON.stringify(makeManifest({ version: VERSION })), ...files() };
      job.write(all);
      const when = (stop: () => void): void => {
        kill = stop;
      };
      const step = await job.step(action, {
        inputs: { plan: "plan.json", ...inputs(scene) },
        ...(env && { env: env() }),
        ...(atRequest !== undefined && { stop: { when, by: "SIGKILL" as const } }),
      });
      return { step, requests };
    } finally {
      github.world.onRequest = undefined;
      for (const proxy of [...proxies, npm.proxy]) proxy.onRequest = undefined;
      await job.close();
    }
  }

  async function ledgerOf({ run }: Scene): Promise<readonly LedgerRow[]> {
    const { signal } = new AbortController();
    const services = { ...silentReporter, env: github.env(run), signal, tempFolder: async () => "" };
    return loadLedger(runArtifacts(services));
  }

  test.each(PUBLISHERS.map((publisher) => [publisher.action, publisher] as const))(
    "%s, at any of its requests, leaves a ledger that says what is public, and completes in the next attempt",
    async (_action, publisher) => {
      const whole = prepare();
      const { step, requests } = await publish(publisher, whole);
      expect([step.conclusion, step.conclusion === "success" ? "" : step.log]).toEqual(["success", ""]);
      expect(await publisher.out(whole)).toEqual(publisher.names(whole));
      expect(requests).toBeGreaterThan(8);
      for (const at of killedRequests(requests)) {
        const scene = prepare();
        const killed = await publish(publisher, scene, at);
        const [rows, out] = [await ledgerOf(scene), await publisher.out(scene)];
        const named = (name: string): LedgerRow | undefined => rows.find((row) => row.name === name);
        // What the ledger calls published is public. What is public has a row, possibly of an unfinished publication.
        for (const { name, state } of rows)
          if (["verified", "published"].includes(state))
            expect([at, out]).toEqual([at, expect.arrayContaining([name])]);
        for (const name of out)
          expect([at, name, named(name)?.state ?? rows[0]?.state]).toEqual([
            ...[at, name],
            expect.stringMatching(/^(planned|published|verified)$/),
          ]);
        github.rerun(scene.run);
        const again = await publish(publisher, scene);
        expect([at, killed.step.conclusion, again.step.conclusion, again.step.log]).toEqual([
          ...[at, killed.step.conclusion, "success", expect.any(String)],
        ]);
        const names = publisher.names(scene);
        expect(await publisher.out(scene)).toEqual(names);
        const after = (await ledgerOf(scene)).map(({ name, state, attempt }) => ({ name, state, attempt }));
        expect(after).toEqual([...names].sort().map((name) => ({ name, state: "verified", attempt: 2 })));
      }
    },
  );
});
