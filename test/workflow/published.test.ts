import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { parse } from "yaml";
import { carryBundles } from "../../scripts/release/build-twice.ts";
import { git } from "../../scripts/release/git.ts";
import { publish } from "../../scripts/release/publish.ts";
import type { ReleasePlan } from "../../scripts/release/versions.ts";
import { renameRepository } from "../../scripts/rename/rename-repository.ts";
import { Act } from "../act/act.ts";
import { resultsOf } from "../act/act-setting.ts";
import { dockerEnv } from "../act/docker-client.ts";
import { userRepository } from "../act/published-tree.ts";
import { startedEngine } from "../engines.ts";
import { describeWith } from "../parts.ts";
import { runAction } from "../runner/run-action.ts";
import { startGitHub } from "../stand-in/github.ts";
import { commitAll, copyRepository } from "../support/repository-copy.ts";
import { actionFiles, root, workflowFiles } from "./repository-files.ts";

const MINUTES = 60_000;

jest.setTimeout(15 * MINUTES);
const names = actionFiles().map(({ file }) => path.basename(path.dirname(file)));

/** The name of a fork, whose releases must not link to the original repository. */
const FORK = "acme/release-actions";

describeWith(
  ["git", "act", "docker"],
  "this repository under another name, published to a git remote and cloned at its tag",
  () => {
    const user = new FileTree();
    const clone = user.path("clone");
    const workflows = new Map<string, string>();
    let plan: ReleasePlan;
    let commit: string;

    beforeAll(async () => {
      using copy = await copyRepository();
      await renameRepository(copy.root, FORK);
      for (const { file } of workflowFiles()) workflows.set(file, readFileSync(copy.path(file), "utf8"));
      const remote = user.path("remote.git");
      await runCommand("git", ["init", "--quiet", "--bare", "--initial-branch=main", remote]);
      const lines = names.map((name) => `"@release-actions/${name}": major`);
      copy.write(".changeset/test.md", `---\n${lines.join("\n")}\n---\n\nReleased by a test.\n`);
      await commitAll(copy.root, "a changeset for every action");
      carryBundles(root, copy.root);
      ({ plan } = await publish({
        root: copy.root,
        remote,
        dryRun: false,
        sourceBranch: "main",
        releaseBranch: "release",
        changesets: path.join(root, "node_modules/@changesets/cli/bin.js"),
        isTested: () => true,
        say: () => undefined,
      }));
      await git(user.root, ["clone", "--quiet", "--branch", "v1.0.0", remote, clone]);
      commit = await git(clone, ["rev-parse", "HEAD"]);
    });
    afterAll(() => user[Symbol.dispose]());

    test("matches its checksums, and each action has a tag with only that action", async () => {
      const checked = await runCommand("sha256sum", ["--check", "--strict", "--quiet", "checksums.txt"], {
        cwd: clone,
      });
      expect(checked.stdout).toBe("");
      expect((await git(clone, ["tag", "--points-at", "HEAD"])).split("\n")).toEqual(["v1", "v1.0.0"]);
      expect(plan.actions.map(({ name }) => name)).toEqual(names);
      for (const { name, version } of plan.actions) {
        const files = await git(clone, ["ls-tree", "-r", "--name-only", `${name}/v${version}`]);
        expect(files.split("\n")).toContain(`${name}/action.yml`);
        expect(files).not.toContain(".github/");
      }
    });

    test("contains only actions, what they share, the unchanged workflows, pages and checksums", () => {
      const pages = ["CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "action-index.md", "checksums.txt"];
      const expected = new Set([".git", ".github", "actions", "shared", ...pages, ...names]);
      expect(readdirSync(clone).filter((name) => !expected.has(name))).toEqual([]);
      for (const [file, text] of workflows) expect(readFileSync(path.join(clone, file), "utf8")).toBe(text);
    });

    test("does not name the old repository", async () => {
      const found = await runCommand("git", ["grep", "-il", "org/actions", "HEAD", "--"], { cwd: clone, check: false });
      expect(found.stdout).toBe("");
    });

    test.each([
      ["the whole", "v1", 5_000_000],
      ["load-restate-image alone", "load-restate-image/v1", 150_000],
      ...names.map((name): [string, string, number] => [`${name} alone`, `${name}/v1`, 2_000_000]),
    ])("is small to download, packed as GitHub packs it: %s", async (_what, tag, limit) => {
      const packed = path.join(user.root, "packed.tar.gz");
      await git(clone, ["archive", "--format=tar.gz", `--output=${packed}`, tag]);
      expect(statSync(packed).size).toBeLessThanOrEqual(limit);
    });

    test.each(names)("starts %s from its bundle, without any installed package", async (name) => {
      const using: unknown = parse(readFileSync(path.join(clone, name, "action.yml"), "utf8")).runs.using;
      if (using === "composite") return;
      const { main } = await runAction(path.join(clone, name));
      // Without inputs many actions must fail, but none may crash or lack a module.
      expect(main.log).not.toMatch(/Cannot find (module|package)|This is a bug|ended without a result/);
      expect([0, 1]).toContain(main.exitCode);
    });

    test("every link of its pages leads to an existing file", () => {
      const pages = readdirSync(clone, { recursive: true, encoding: "utf8" }).filter((file) =>
        /^[^.].*\.md$/.test(file),
      );
      const broken = pages.flatMap((page) => {
        const text = readFileSync(path.join(clone, page), "utf8");
        const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
        return links
          .filter((link) => !existsSync(path.join(clone, path.dirname(page), link)))
          .map((link) => `${page}: ${link}`);
      });
      expect(broken).toEqual([]);
      // Pictures stay outside of the release, because they would add half a megabyte to every download.
      const readme = readFileSync(path.join(clone, "README.md"), "utf8");
      expect(readme).toContain(`](https://github.com/${FORK}/raw/main/.github/pictures/image.png)`);
    });

    test("every `uses` refers to a path that exists at its tag, or to the full hash of a commit", () => {
      const files = readdirSync(clone, { recursive: true, encoding: "utf8" }).filter((file) =>
        /^[^.].*action\.yml$|^\.github\/workflows\//.test(file),
      );
      const uses = files.flatMap((file) => [
        ...readFileSync(path.join(clone, file), "utf8").matchAll(/^\s*(?:- )?uses:\s*(\S+)/gm),
      ]);
      const wrong = uses
        .map(([, used = ""]) => used)
        .filter((used) => {
          const own = /^\$\/(.+)$/.exec(used)?.[1];
          if (own !== undefined) return !existsSync(path.join(clone, own.endsWith(".yml") ? own : `${own}/action.yml`));
          return !/@[0-9a-f]{40}$/.test(used);
        });
      expect(wrong).toEqual([]);
    });

    test("passes an image between the jobs of another repository's workflow, used by its commit and by its major tag", async () => {
      using repository = await userRepository({
        Dockerfile: "FROM scratch\nCOPY hello /hello\nLABEL greeting=published\n",
        hello: "hello\n",
        ".github/workflows/ci.yml": `on: push
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: { digest: "\${{ steps.save.outputs.digest }}" }
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - run: docker buildx build --output type=oci,dest=restate.tar,compression=zstd .
      - id: save
        uses: ${FORK}/save-restate-image@${commit}
  test:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - uses: ${FORK}/load-restate-image@v1
        with: { tag: "localhost/published:1", expected-digest: "\${{ needs.build.outputs.digest }}" }
      - run: docker image inspect localhost/published:1
`,
      });
      using docker = dockerEnv(startedEngine("containerd"));
      await using github = await startGitHub();
      const run = github.addRun({ repository: "org/product" });
      const results = resultsOf(github, run);
      using act = new Act({
        repository: repository.root,
        uses: { [`${FORK}@${commit}`]: clone, [`${FORK}@v1`]: clone },
        results,
      });
      const { jobs, exitCode, text } = await act.run("push", { env: docker.env });
      expect([exitCode, exitCode === 0 ? "" : text]).toEqual([0, ""]);
      expect(text).toMatch(/localhost\/published:1 is sha256:[0-9a-f]{64} .*, pulled through a loopback registry/);
      expect(jobs.get("ci.yml/test")?.output).toContain('"greeting": "published"');
    });
  },
);
