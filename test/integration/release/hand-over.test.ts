import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type CommandResult, runCommand } from "@release-actions/command";
import { git } from "../../../scripts/release/git.ts";
import { verifyTag } from "../../../scripts/release/verify-tag.ts";
import { renameRepository } from "../../../scripts/rename/rename-repository.ts";
import { type GitHub, startGitHub } from "../../stand-in/github.ts";
import type { Repository } from "../../stand-in/model.ts";
import { Product } from "./product.ts";

const SCRIPTS = path.resolve(import.meta.dirname, "../../../scripts/release");

/** Runs a script in a checkout without installed packages, as the job that pushes the release does. */
function runPlain(script: string, args: readonly string[], cwd: string, env = {}): Promise<CommandResult> {
  const options = { cwd, env: { ...process.env, ...env }, check: false };
  return runCommand(process.execPath, [path.join(SCRIPTS, script), ...args], options);
}

describe("a release that other jobs prepared", () => {
  async function prepared(): Promise<{ product: Product; clone: string; folders: [string, string] }> {
    const product = await Product.create();
    const folders: [string, string] = [product.tree.path("first"), product.tree.path("second")];
    for (const folder of folders) await product.prepare(folder);
    const clone = product.tree.path("clone");
    await git(product.tree.root, ["clone", "--quiet", product.remote, clone]);
    return { product, clone, folders };
  }

  test("is pushed from a fresh checkout when both builds made the same commits, and only once", async () => {
    const { product, clone, folders } = await prepared();
    using _ = product;
    const before = await product.remoteRefs();
    const pushed = await runPlain("push-prepared.ts", [...folders, "--remote", product.remote], clone);
    expect([pushed.exitCode, pushed.stdout]).toEqual([0, expect.stringContaining("pushed refs/tags/v1.0.0 ")]);
    const refs = await product.remoteRefs();
    expect(Object.keys(refs)).toHaveLength(8);
    expect(refs["refs/heads/main"]).not.toBe(before["refs/heads/main"]);
    expect(await product.show("alpha/v1", "alpha/dist/index.js")).toBe('// shared\nconsole.log("alpha");');
    for (const folder of folders) await product.prepare(folder);
    const again = await runPlain("push-prepared.ts", [...folders, "--remote", product.remote], clone);
    expect([again.exitCode, again.stdout]).toEqual([0, "release: everything is published. Nothing to do.\n"]);
    expect(await product.remoteRefs()).toEqual(refs);
  });

  test("is refused when the second build made another commit, and the message names the refs that differ", async () => {
    const { product, clone, folders } = await prepared();
    using _ = product;
    const before = await product.remoteRefs();
    const file = path.join(folders[1], "release.json");
    const release = JSON.parse(readFileSync(file, "utf8"));
    release.updates[0].commit = "0123456789012345678901234567890123456789";
    writeFileSync(file, JSON.stringify(release));
    const result = await runPlain("push-prepared.ts", [...folders, "--remote", product.remote], clone);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/two builds of the same sources differ in refs\/tags\/v1\.0\.0\. Nothing was pushed/);
    expect(await product.remoteRefs()).toEqual(before);
  });

  test("is refused completely when the remote has moved since", async () => {
    const { product, clone, folders } = await prepared();
    using _ = product;
    const who = ["-c", "user.name=O", "-c", "user.email=o@example.com"];
    await git(clone, [...who, "commit", "--quiet", "--allow-empty", "--message", "meanwhile"]);
    await git(clone, ["push", "--quiet", "origin", "main"]);
    const before = await product.remoteRefs();
    const result = await runPlain("push-prepared.ts", [...folders, "--remote", product.remote], clone);
    expect([result.exitCode, result.stderr]).toEqual([1, expect.stringContaining("nothing of it was published")]);
    expect(await product.remoteRefs()).toEqual(before);
  });
});

describe("the GitHub Release of a version", () => {
  async function setting(): Promise<{ product: Product; folder: string; github: GitHub; repository: Repository }> {
    const product = await Product.create();
    const folder = product.tree.path("prepared");
    await product.prepare(folder);
    const github = await startGitHub();
    const repository = github.addRepository("org/actions");
    github.addCommit(repository, { ref: "refs/tags/v1.0.0" });
    return { product, folder, github, repository };
  }

  test.each([false, true])("has the notes and the checksums, once (immutable releases: %s)", async (immutable) => {
    const { product, folder, github, repository } = await setting();
    using _ = product;
    repository.immutableReleases = immutable;
    try {
      const env = {
        GITHUB_API_URL: github.origin,
        GITHUB_REPOSITORY: "org/actions",
        RELEASE_TOKEN: github.token(repository, { contents: "write" }),
      };
      const made = await runPlain("github-release.ts", [folder], product.root, env);
      expect([made.exitCode, made.stderr]).toEqual([0, ""]);
      const again = await runPlain("github-release.ts", [folder], product.root, env);
      expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining("is published")]);
      expect(repository.releases).toHaveLength(1);
      expect(repository.releases[0]).toMatchObject({ tagName: "v1.0.0", draft: false });
      expect(repository.releases[0]?.body).toMatch(
        /## alpha 1\.0\.0\n\n### Major Changes\n\n- [0-9a-f]{7}: The first release\./,
      );
      expect(repository.releases[0]?.assets.map(({ name }) => name)).toEqual(["checksums.txt"]);
    } finally {
      await github.close();
    }
  });
});

describe("a released tag", () => {
  test("is verified by building its sources again, for all actions and for one action", async () => {
    using product = await Product.create();
    await product.publish();
    for (const tag of ["v1.0.0", "alpha/v1.0.0"]) {
      const temp = product.tree.path(`verify-${tag.replace("/", "-")}`);
      const { differing } = await verifyTag({ root: product.root, remote: "origin", tag, temp });
      expect([tag, differing]).toEqual([tag, []]);
    }
  });

  test("fails to verify when it contains something else, and the message names the file", async () => {
    using product = await Product.create();
    await product.publish();
    const clone = product.tree.path("attacker");
    await git(product.tree.root, ["clone", "--quiet", "--branch", "v1.0.0", product.remote, clone]);
    product.tree.write("attacker/alpha/dist/index.js", "steal();\n");
    const who = ["-c", "user.name=O", "-c", "user.email=o@example.com"];
    const message = await git(clone, ["show", "-s", "--format=%B", "v1.0.0"]);
    await git(clone, [...who, "commit", "--quiet", "--all", "--message", message]);
    await git(clone, ["push", "--quiet", "--force", "origin", "HEAD:refs/tags/v1.0.0"]);
    const temp = product.tree.path("verify");
    const { differing } = await verifyTag({ root: product.root, remote: "origin", tag: "v1.0.0", temp });
    expect(differing).toEqual(["alpha/dist/index.js"]);
  });
});

test("one command renames a fork, and its release does not name the old owner anywhere", async () => {
  using product = await Product.create({
    "notes.md": "org/actions, my.org/actions, org/actions-old, org/actions@v1.\n",
    ".github/CODEOWNERS": "* @org/maintainers\n",
  });
  const files = await renameRepository(product.root, "acme/release-actions");
  expect(files).toEqual(expect.arrayContaining(["README.md", "package.json", "actions/alpha/README.md"]));
  expect(readFileSync(path.join(product.root, "notes.md"), "utf8")).toBe(
    "acme/release-actions, my.org/actions, org/actions-old, acme/release-actions@v1.\n",
  );
  expect(readFileSync(path.join(product.root, ".github/CODEOWNERS"), "utf8")).toBe("* @acme/maintainers\n");
  await git(product.root, ["rm", "--quiet", "--force", "notes.md"]);
  await product.commit("rename: acme/release-actions");
  await product.publish();
  const found = await runCommand("git", ["grep", "-l", "org/actions", "v1", "--"], {
    cwd: product.remote,
    check: false,
  });
  expect(found.stdout).toBe("");
  expect(await product.show("v1", "README.md")).toContain("uses: acme/release-actions/alpha@v1");
});
