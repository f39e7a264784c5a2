import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { Act } from "../act/act.ts";
import type { ActLog } from "../act/log.ts";
import { publishedTree, userRepository } from "../act/published-tree.ts";
import { THIRD_PARTY } from "../act/third-party.ts";
import { StagingWorld } from "../integration/npm-publish/staging-world.ts";
import { makeRelease } from "../npm/archives.ts";
import { describeWith } from "../parts.ts";
import { uploadArtifact } from "../release/hosting.ts";

const MINUTES = 60_000;

jest.setTimeout(5 * MINUTES);
const FOREIGN = "darwin-arm64";

/** The reusable workflow as a product calls it, run with act, with each kind of publishing. */
describeWith(["act", "cc", "git"], "release-npm.yml", () => {
  let staging: StagingWorld;
  let published: ReturnType<typeof publishedTree>;
  beforeAll(async () => {
    published = publishedTree(["npm-publish"]);
    staging = await StagingWorld.start();
  });
  afterAll(async () => {
    published[Symbol.dispose]();
    await staging.close();
  });
  afterEach(() => staging.proxy.reset());

  /** Runs a job of cargo-dist's workflow that calls it, with the artifacts of the plan and build jobs in the run. */
  async function run(name: string, inputs: Readonly<Record<string, string>>, token: string): Promise<ActLog> {
    const { github, world, proxy } = staging;
    const all = {
      packages: `"- { package: '${name}', fields: { license: MIT } }"`,
      ...{ platforms: FOREIGN, registry: proxy.origin, provenance: '"false"', ...inputs },
    };
    const lines = Object.entries(all).map(([key, value]) => `      ${key}: ${value}\n`);
    const caller = `name: Release
on: push
jobs:
  npm:
    permissions: { contents: read, id-token: write }
    uses: org/actions/.github/workflows/release-npm.yml@v1
    with:
${lines.join("")}    secrets:
      NPM_TOKEN: \${{ secrets.NPM_TOKEN }}
`;
    using repository = await userRepository({ ".github/workflows/release.yml": caller });
    const hosted = github.addRun({ repository: "org/product" });
    const files = makeRelease(world.programs, "1.2.3");
    const archives = [...files].filter(([file]) => file.startsWith("distrib/"));
    const local = archives.map(([file, content]) => [path.basename(file), content] as const);
    await uploadArtifact(github, hosted, "artifacts-build-local-all", local);
    const plan = files.get("plan.json") ?? "";
    await uploadArtifact(github, hosted, "artifacts-plan-dist-manifest", [["plan-dist-manifest.json", plan]]);
    const { ACTIONS_RESULTS_URL = "", ACTIONS_RUNTIME_TOKEN = "" } = github.env(hosted);
    const results = { ACTIONS_RESULTS_URL, ACTIONS_RUNTIME_TOKEN };
    using act = new Act({ repository: repository.root, uses: { ...published.uses, ...THIRD_PARTY }, results });
    return await act.run("push", { secrets: { NPM_TOKEN: token }, env: { PATH: world.searchPath } });
  }

  const outputs = (log: ActLog): ReadonlyMap<string, string> =>
    [...log.jobs].find(([job]) => job.includes("Publish the packages"))?.[1].outputs ?? new Map();
  const list = (log: ActLog, name: string): Record<string, string>[] => JSON.parse(outputs(log).get(name) ?? "[]");
  const expectSuccess = (log: ActLog): void =>
    expect([log.exitCode, log.exitCode === 0 ? "" : log.text]).toEqual([0, ""]);

  test("publishes directly", async () => {
    const name = staging.world.newName();
    const log = await run(name, { publish: "direct" }, staging.world.token);
    expectSuccess(log);
    expect(list(log, "published").map((each) => each["name"])).toEqual(staging.names(name, [FOREIGN]));
    expect(outputs(log).get("complete")).toBe("true");
    expect(await staging.world.tags(name)).toEqual({ latest: "1.2.3" });
  });

  test("stages, and completes in a later run once everything is approved", async () => {
    const name = staging.world.newName();
    const log = await run(name, { publish: "stage" }, "npm_plain");
    expectSuccess(log);
    const staged = list(log, "staged");
    expect(staged.map((each) => each["name"])).toEqual(staging.names(name, [FOREIGN]));
    expect(outputs(log).get("complete")).toBe("false");
    expect(log.text).toContain(staged[0]?.["approve"]);

    for (const { id } of staging.waiting(staging.names(name, [FOREIGN]))) await staging.approve(id);
    const later = await run(name, { mode: "settle", version: "1.2.3" }, "npm_plain");
    expectSuccess(later);
    expect(outputs(later).get("complete")).toBe("true");
  });

  test("chooses what the token may do, accepts package names of the caller's choice, and only builds in a dry run", async () => {
    const name = staging.world.newName();
    const log = await run(name, { "platform-name": '"${name}-mac-${cpu}"' }, "npm_stage_only");
    expectSuccess(log);
    expect(list(log, "staged").map((each) => each["name"])).toEqual([`${name}-mac-arm64`, name]);
    staging.proxy.reset();
    const dry = await run(staging.world.newName(), { "dry-run": "true" }, "npm_stage_only");
    expectSuccess(dry);
    expect(staging.proxy.passages.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});
