import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { type GitServer, serveGit } from "@release-actions/git/fixture";
import { Job, type StepResult } from "../runner/job.ts";
import { startGitHub } from "../stand-in/github.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const github = await startGitHub();
afterAll(() => github.close());

/** The action in a job; `plan` becomes a file. */
async function decide(
  env: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
  plan?: object,
): Promise<StepResult> {
  await using job = await Job.open({ env: { GITHUB_REPOSITORY: "acme/widget", ...env } });
  if (plan !== undefined) writeFileSync(job.file("plan.json"), JSON.stringify(plan));
  return await job.step("release-channel", {
    inputs: plan === undefined ? inputs : { plan: "plan.json", ...inputs },
  });
}

describe("release-channel with a list of tags", () => {
  test.each<[version: string, tags: string, outputs: Record<string, string>]>([
    [
      "1.7.3",
      "v1.7.2",
      {
        channel: "stable",
        line: "1.7",
        "is-latest": "true",
        "image-tags": "1.7.3\n1.7\nlatest",
        "npm-dist-tag": "latest",
        formula: "push",
        chart: "1.7.3",
      },
    ],
    [
      "1.7.3-rc.1",
      "v1.7.2",
      {
        channel: "prerelease",
        "is-latest": "false",
        "image-tags": "1.7.3-rc.1",
        "npm-dist-tag": "next",
        formula: "commit",
      },
    ],
    ["1.7.3-rc.1", "v1.7.2, v1.7.3", { channel: "prerelease", "is-latest": "false", "npm-dist-tag": "next" }],
    [
      "1.2.3",
      "v1.2.2 v1.3.1",
      {
        channel: "backport",
        "is-latest": "false",
        "image-tags": "1.2.3\n1.2",
        "npm-dist-tag": "release-1.2",
        formula: "refuse",
      },
    ],
    [
      "1.7.4+hotfix.1",
      "v1.7.4",
      {
        channel: "build",
        "is-latest": "false",
        "image-tags": "1.7.4_hotfix.1",
        "npm-dist-tag": "",
        chart: "1.7.4_hotfix.1",
        moves: '{"image":[],"npm":[],"formula":false}',
      },
    ],
  ])("decides the channel of %s with the tags %s (misleads 4, 5, 7)", async (version, tags, outputs) => {
    const step = await decide({}, { version, tags });
    expect(step.conclusion).toBe("success");
    expect(step.outputs).toMatchObject({ version, ...outputs });
    expect(step.summary).toContain(`${version}: ${outputs["channel"]}`);
  });

  test("follows changed rules, with the plan's version", async () => {
    const step = await decide(
      {},
      { tags: "v1.3.1", rules: "backport.image: {version} {major}\nbackport.formula: versioned" },
      makeManifest(),
    );
    expect(step.outputs).toMatchObject({ version: "1.2.3", "image-tags": "1.2.3", formula: "versioned" });
  });

  test.each<[name: string, inputs: Record<string, string>, env: Record<string, string>, message: string]>([
    [
      "an invalid version (B128)",
      { version: "v1.2" },
      {},
      'the input `version` is "v1.2", expected a semantic version',
    ],
    ["a version and a plan", { version: "1.2.3", plan: "x.json" }, {}, "both `plan` and `version` are given"],
    ["a plan that does not exist", { plan: "x.json" }, {}, 'the plan cannot be read from "x.json"'],
    ["no plan outside of a workflow (F94)", {}, {}, "ACTIONS_RESULTS_URL is not set"],
    [
      "the tag of another version (B135)",
      { version: "1.2.3" },
      { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1.2.4" },
      "the workflow runs for the tag v1.2.4, but the version is 1.2.3",
    ],
    [
      "an invalid rule",
      { version: "1.2.3", rules: "nightly.image: x" },
      {},
      'the rule "nightly.image: x" is not understood',
    ],
  ])("refuses %s", async (_name, inputs, env, message) => {
    const step = await decide(env, { tags: "v1.0.0", ...inputs });
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(message);
  });
});

describe("release-channel with the tags of GitHub", () => {
  function repositoryWith(tags: readonly string[]): Record<string, string> {
    const repository = github.addRepository(`acme/r${github.world.nextId()}`);
    const { sha } = github.addCommit(repository, { ref: "refs/heads/main" });
    for (const tag of tags) repository.refs.set(`refs/tags/${tag}`, sha);
    const run = github.addRun({ repository: repository.fullName, headSha: sha, headBranch: "refs/tags/v1.7.4" });
    return github.env(run, undefined, { permissions: { contents: "read" } });
  }
  const many = Array.from({ length: 150 }, (_, patch) => `v1.0.${patch}`);

  test("reads all pages: the highest release may be on any of them (F33)", async () => {
    const step = await decide(repositoryWith([...many, "v1.7.4", "v0.9.0", "v2.0.0"]), { version: "1.7.4" });
    expect(step.outputs).toMatchObject({ channel: "backport" });
    expect(step.log).toContain("read 153 tags");
  });

  test("stops when its own tag is not among them, because then others may be missing, too", async () => {
    const step = await decide(repositoryWith(many), { version: "1.7.4" });
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain("the tag v1.7.4, which is not among the repository's 150 tags");
  });
});

describe("release-channel with the tags of the git server", () => {
  const folder = temporaryFolder();
  let server: GitServer;
  beforeAll(async () => {
    const identity = {
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@b",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@b",
    };
    const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, env: { ...process.env, ...identity } });
    git("init", "--quiet", "work");
    git("-C", "work", "commit", "--quiet", "--allow-empty", "--message=x");
    for (const tag of ["v1.2.3", "v1.3.0", "sdk-v9.0.0"]) git("-C", "work", "tag", tag);
    git("clone", "--quiet", "--bare", "work", "acme/widget.git");
    server = await serveGit(folder, "ghs_SECRET");
  });
  afterAll(() => server.close());

  test("asks the server, with the token, and uses only the product's own tags", async () => {
    const env = { GITHUB_SERVER_URL: server.origin, GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1.3.0" };
    const step = await decide(env, { tags: "git", token: "ghs_SECRET" }, makeManifest({ version: "1.3.0" }));
    expect(step.outputs).toMatchObject({ channel: "stable", "is-latest": "true" });
    expect(step.log).not.toContain("ghs_SECRET");
  });

  test("fails when the token is refused, and does not treat that as a repository without tags", async () => {
    const step = await decide(
      { GITHUB_SERVER_URL: server.origin },
      { tags: "git", token: "ghs_wrong", version: "1.0.0" },
    );
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(`git cannot read ${server.origin}/acme/widget.git`);
  });
});
