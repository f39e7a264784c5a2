import { chmodSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { assembleTree } from "../../../scripts/release/assemble.ts";
import { listFiles } from "../../../scripts/release/checksums.ts";
import { git } from "../../../scripts/release/git.ts";
import { changeset, Product } from "./product.ts";

describe("a release", () => {
  test("puts each action at the top of the tree and tags the whole and every action", async () => {
    using product = await Product.create();
    const outcome = await product.publish();
    expect(outcome).toMatchObject({ kind: "released", plan: { version: "1.0.0", raised: ["alpha", "beta"] } });
    const refs = await product.remoteRefs();
    const released = refs["refs/heads/release"];
    for (const tag of ["v1.0.0", "v1"]) expect([tag, refs[`refs/tags/${tag}`]]).toEqual([tag, released]);
    for (const name of ["alpha", "beta"]) {
      expect(refs[`refs/tags/${name}/v1`]).toBe(refs[`refs/tags/${name}/v1.0.0`]);
      expect(refs[`refs/tags/${name}/v1`]).not.toBe(released);
    }
    expect(Object.keys(refs)).toHaveLength(6 + 2);
    const files = await git(product.remote, ["ls-tree", "-r", "--name-only", "v1.0.0"]);
    expect(files.split("\n")).toEqual([
      ".github/workflows/call-me.yml",
      ".github/workflows/ci.yml",
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "actions/alpha/action.yml",
      "actions/beta/action.yml",
      ...["CHANGELOG.md", "README.md", "action.yml", "dist/index.js"].map((file) => `alpha/${file}`),
      ...["CHANGELOG.md", "README.md", "action.yml", "dist/index.js"].map((file) => `beta/${file}`),
      "checksums.txt",
    ]);
    expect(await product.show("v1.0.0", "alpha/dist/index.js")).toBe('// shared\nconsole.log("alpha");');
  });

  test("contains the workflows unchanged, and what they use by `$/` where they look for it", async () => {
    using product = await Product.create();
    await product.publish();
    for (const file of [".github/workflows/call-me.yml", ".github/workflows/ci.yml"]) {
      expect(await product.show("v1.0.0", file)).toBe(await product.show("main", file));
    }
    expect(await product.show("v1.0.0", ".github/workflows/call-me.yml")).toContain("uses: $/actions/alpha\n");
    expect(await product.show("v1.0.0", "alpha/action.yml")).toContain("main: dist/index.js");
    expect(await product.show("v1.0.0", "actions/alpha/action.yml")).toContain("main: ../../alpha/dist/index.js");
  });

  test("in the tree for servers without `$/`, names sibling actions by repository and tag, and changes nothing else", async () => {
    using product = await Product.create();
    await runCommand(process.execPath, ["scripts/bootstrap.mjs"], { cwd: product.root });
    const released = { repository: "org/actions", tag: "v1.0.0", majorTag: "v1" };
    const [self, tag] = [product.tree.path("self"), product.tree.path("tag")];
    assembleTree(product.root, self, released);
    assembleTree(product.root, tag, released, { references: "tag" });
    expect(listFiles(tag)).toEqual(listFiles(self));
    const differing = listFiles(self).filter((file) => {
      return readFileSync(path.join(self, file), "utf8") !== readFileSync(path.join(tag, file), "utf8");
    });
    expect(differing).toEqual([".github/workflows/call-me.yml", "checksums.txt"]);
    const workflow = readFileSync(path.join(tag, ".github/workflows/call-me.yml"), "utf8");
    expect(workflow).toContain("- uses: org/actions/alpha@v1.0.0\n");
    expect(workflow).toContain("actions/checkout@0123456789012345678901234567890123456789 # v9.9.9");
    expect(workflow.replace("org/actions/alpha@v1.0.0", "$/actions/alpha")).toBe(
      readFileSync(path.join(self, ".github/workflows/call-me.yml"), "utf8"),
    );
  });

  test("gives each action tags of its own, whose trees contain only that action, without the workflows", async () => {
    using product = await Product.create();
    await product.publish();
    const files = await git(product.remote, ["ls-tree", "-r", "--name-only", "alpha/v1"]);
    expect(files.split("\n")).toEqual([
      "LICENSE",
      "actions/alpha/action.yml",
      ...["CHANGELOG.md", "README.md", "action.yml", "dist/index.js"].map((file) => `alpha/${file}`),
      "checksums.txt",
    ]);
    expect(await git(product.remote, ["rev-list", "--count", "alpha/v1"])).toBe("1");
    expect(await product.show("alpha/v1", "alpha/dist/index.js")).toBe('// shared\nconsole.log("alpha");');
  });

  test("includes what an action uses by `$/`", async () => {
    const contract = `name: alpha
description: d
runs:
  using: composite
  steps:
    - uses: $/actions/beta
`;
    using product = await Product.create({ "actions/alpha/action.yml": contract });
    await product.publish();
    const files = await git(product.remote, ["ls-tree", "-r", "--name-only", "alpha/v1"]);
    expect(files.split("\n")).toEqual(expect.arrayContaining(["actions/beta/action.yml", "beta/dist/index.js"]));
  });

  test("is accepted by a remote that refuses workflow files that are on no branch, as GitHub does for its own token", async () => {
    using product = await Product.create();
    product.refuseNewWorkflowFiles();
    expect((await product.publish()).kind).toBe("released");
    await product.pull();
    await product.commit("beta: greet", {
      "actions/beta/src/main.js": "console.log('hi');\n",
      ".changeset/two.md": changeset({ beta: "minor" }, "Greets."),
    });
    expect((await product.publish()).kind).toBe("released");
    expect(await git(product.remote, ["rev-list", "--count", "beta/v1"])).toBe("2");
  });

  test("is refused by that remote when a workflow file differs from its content on every branch", async () => {
    using product = await Product.create();
    product.refuseNewWorkflowFiles();
    await product.commit("a workflow that is not on the remote", {
      ".github/workflows/new.yml": "on: push\njobs: {}\n",
    });
    await expect(product.publish()).rejects.toThrow("nothing of it was published");
  });

  test("puts what two bundles have in common in one place, where both find it", async () => {
    const bootstrap = `import { mkdirSync, writeFileSync } from "node:fs";
for (const name of ["alpha", "beta"]) {
  const dist = "actions/" + name + "/dist/";
  mkdirSync(dist, { recursive: true });
  writeFileSync(dist + "package.json", '{ "type": "module" }');
  writeFileSync(dist + "index.js", "const { modules } = await import('./7.index.js'); console.log(modules.read(import.meta.dirname + '/'));");
  const part = 'import { readFileSync } from "node:fs"; export const modules = { read: (ab) => { const n = { ab }; return readFileSync(n.ab+"data.wasm", "utf8").length; } };';
  writeFileSync(dist + "7.index.js", part + "//" + "x".repeat(3000));
  writeFileSync(dist + "data.wasm", "w".repeat(5000));
}
`;
    using product = await Product.create({ "scripts/bootstrap.mjs": bootstrap });
    await product.publish();
    const files = (await git(product.remote, ["ls-tree", "-r", "--name-only", "v1"])).split("\n");
    const shared = files.filter((file) => file.startsWith("shared/"));
    expect(shared.map((file) => path.basename(file)).sort()).toEqual(["7.index.js", "data.wasm", "package.json"]);
    expect(files.filter((file) => file.endsWith("data.wasm"))).toHaveLength(1);
    const clone = product.tree.path("user");
    await git(product.tree.root, ["clone", "--quiet", "--branch", "v1", product.remote, clone]);
    for (const name of ["alpha", "beta"]) {
      const { stdout } = await runCommand(process.execPath, [path.join(clone, name, "dist/index.js")]);
      expect(stdout).toBe("5000\n");
    }
    const alone = (await git(product.remote, ["ls-tree", "-r", "--name-only", "alpha/v1"])).split("\n");
    expect(alone).toContain("alpha/dist/data.wasm");
  });

  test("in the pages, uses the major tag in examples, and points links to the tree or else to the sources", async () => {
    const readme = "[here](../../CONTRIBUTING.md) [there](../beta/README.md#x) `uses: org/actions/alpha@v0`\n";
    using product = await Product.create({ "actions/alpha/README.md": readme });
    await product.publish();
    expect(await product.show("v1.0.0", "README.md")).toContain("[alpha](alpha/README.md)");
    const page = await product.show("v1.0.0", "alpha/README.md");
    expect(page).toContain("[here](https://github.com/org/actions/blob/main/CONTRIBUTING.md)");
    expect(page).toContain("[there](../beta/README.md#x) `uses: org/actions/alpha@v1`");
  });

  test("writes checksums that sha256sum accepts, of every other file, and keeps them as the attestation's subjects", async () => {
    using product = await Product.create();
    await product.publish();
    const clone = product.tree.path("user");
    await git(product.tree.root, ["clone", "--quiet", "--branch", "v1.0.0", product.remote, clone]);
    const checked = await runCommand("sha256sum", ["--check", "--strict", "checksums.txt"], { cwd: clone });
    const files = (await git(clone, ["ls-files"])).split("\n");
    expect(checked.stdout.trim().split("\n")).toHaveLength(files.length - 1);
    const kept = readFileSync(path.join(product.root, ".work/release/checksums.txt"), "utf8");
    expect(kept).toBe(readFileSync(path.join(clone, "checksums.txt"), "utf8"));
  });

  test("raises the root's version by the largest bump of any action, and each action's version and changelog by its own", async () => {
    using product = await Product.create();
    await product.publish();
    await product.pull();
    await product.commit("beta: greet", {
      "actions/beta/src/main.js": "console.log('hi');\n",
      ".changeset/two.md": changeset({ beta: "minor" }, "Greets."),
    });
    const { plan } = await product.publish();
    expect(plan).toMatchObject({ version: "1.1.0", raised: ["beta"] });
    const refs = await product.remoteRefs();
    expect(refs["refs/tags/alpha/v1"]).toBe(refs["refs/tags/alpha/v1.0.0"]);
    expect(refs["refs/tags/beta/v1"]).toBe(refs["refs/tags/beta/v1.1.0"]);
    expect(refs["refs/tags/beta/v1"]).not.toBe(refs["refs/tags/beta/v1.0.0"]);
    expect(refs["refs/tags/v1"]).toBe(refs["refs/tags/v1.1.0"]);
    expect(await product.show("v1.1.0", "beta/CHANGELOG.md")).toMatch(/## 1\.1\.0[\s\S]*Greets\.[\s\S]*## 1\.0\.0/);
    expect(await product.show("v1.1.0", "CHANGELOG.md")).toContain("- [beta 1.1.0](beta/CHANGELOG.md)");
    expect(await product.show("main", "actions/beta/package.json")).toContain('"version": "1.1.0"');
  });

  test("raises the actions that bundle a changed package", async () => {
    using product = await Product.create();
    await product.publish();
    await product.pull();
    await product.commit("shared: say more", {
      "packages/shared/shared.js": "// shared, improved\n",
      ".changeset/two.md": changeset({ shared: "minor" }, "Says more."),
    });
    const { plan } = await product.publish();
    expect(plan).toMatchObject({ version: "1.0.1", raised: ["alpha"] });
  });

  test("shows all and pushes nothing in a dry run", async () => {
    using product = await Product.create();
    const before = await product.remoteRefs();
    const outcome = await product.publish({ dryRun: true });
    expect(outcome.kind).toBe("planned");
    expect(outcome.updates.map(({ ref }) => ref)).toEqual([
      "refs/tags/v1.0.0",
      "refs/tags/alpha/v1.0.0",
      "refs/tags/beta/v1.0.0",
      "refs/tags/v1",
      "refs/tags/alpha/v1",
      "refs/tags/beta/v1",
      "refs/heads/release",
      "refs/heads/main",
    ]);
    expect(await product.remoteRefs()).toEqual(before);
  });
});

describe("running a release again", () => {
  test("does nothing after success, from the clone that released and from one that pulled", async () => {
    using product = await Product.create();
    await product.publish();
    const before = await product.remoteRefs();
    expect((await product.publish()).kind).toBe("up-to-date");
    await product.pull();
    expect((await product.publish()).kind).toBe("up-to-date");
    expect(await product.remoteRefs()).toEqual(before);
  });

  test("does nothing when later commits carry no changeset", async () => {
    using product = await Product.create();
    await product.publish();
    await product.pull();
    await product.commit("docs", { "README.md": "# Other words\n" });
    expect((await product.publish()).kind).toBe("up-to-date");
  });

  test("puts a lost major tag back", async () => {
    using product = await Product.create();
    await product.publish();
    const before = await product.remoteRefs();
    await git(product.remote, ["tag", "--delete", "v1", "alpha/v1"]);
    expect((await product.publish()).updates.map(({ ref }) => ref)).toEqual(["refs/tags/v1", "refs/tags/alpha/v1"]);
    expect(await product.remoteRefs()).toEqual(before);
  });

  test("publishes everything after a refused push, of which nothing was visible", async () => {
    using product = await Product.create();
    const before = await product.remoteRefs();
    const hook = "#!/bin/sh\ncase $1 in refs/tags/beta/v1) exit 1;; esac\n";
    product.tree.write("remote.git/hooks/update", hook);
    chmodSync(product.tree.path("remote.git/hooks/update"), 0o755);
    await expect(product.publish()).rejects.toThrow("nothing of it was published");
    expect(await product.remoteRefs()).toEqual(before);
    product.tree.write("remote.git/hooks/update", "#!/bin/sh\n");
    expect((await product.publish()).kind).toBe("released");
  });
});

describe("a release is refused", () => {
  test("for a tree with uncommitted changes", async () => {
    using product = await Product.create();
    product.tree.write("work/README.md", "changed");
    await expect(product.publish()).rejects.toThrow("not committed:\n M README.md");
  });

  test("for a tree that has not passed all tests", async () => {
    using product = await Product.create();
    const tree = await git(product.root, ["rev-parse", "HEAD^{tree}"]);
    const isTested = (asked: string): boolean => asked !== tree;
    await expect(product.publish({ isTested })).rejects.toThrow("not passed all tests");
  });

  test("only as a message in a dry run, which continues and shows what it would push", async () => {
    using product = await Product.create();
    product.tree.write("work/README.md", "changed");
    const said: string[] = [];
    const outcome = await product.publish({ dryRun: true, isTested: () => false, say: (text) => said.push(text) });
    expect(outcome).toMatchObject({ kind: "planned", plan: { version: "1.0.0" } });
    expect(said.filter((text) => text.startsWith("a release would be refused"))).toEqual([
      expect.stringContaining("not committed:\n M README.md\nNext: Commit or stash"),
      expect.stringContaining("not passed all tests\nNext: Run `npm test`"),
    ]);
    expect(await product.remoteRefs()).toEqual({ "refs/heads/main": expect.any(String) });
  });

  test("when a bundle depends on the folder it was built in", async () => {
    const leaky = `import { mkdirSync, writeFileSync } from "node:fs";
for (const name of ["alpha", "beta"]) mkdirSync("actions/" + name + "/dist", { recursive: true });
writeFileSync("actions/alpha/dist/index.js", process.cwd());
writeFileSync("actions/beta/dist/index.js", "same");
`;
    using product = await Product.create({ "scripts/bootstrap.mjs": leaky });
    await expect(product.publish()).rejects.toThrow("differ in actions/alpha/dist/index.js");
  });

  test("when a bundle depends on the time zone", async () => {
    const leaky = `import { mkdirSync, writeFileSync } from "node:fs";
for (const name of ["alpha", "beta"]) {
  mkdirSync("actions/" + name + "/dist", { recursive: true });
  writeFileSync("actions/" + name + "/dist/index.js", String(new Date(0)));
}
`;
    using product = await Product.create({ "scripts/bootstrap.mjs": leaky });
    await expect(product.publish()).rejects.toThrow("two builds of the same sources differ");
  });

  test("when the tested bundles differ from what the sources build", async () => {
    const incremental = `import { existsSync, mkdirSync, writeFileSync } from "node:fs";
for (const name of ["alpha", "beta"]) {
  if (existsSync(".work/build/" + name + ".sha256")) continue;
  mkdirSync("actions/" + name + "/dist", { recursive: true });
  writeFileSync("actions/" + name + "/dist/index.js", "of the sources");
}
`;
    using product = await Product.create({ "scripts/bootstrap.mjs": incremental });
    product.tree.write("work/.work/build/alpha.sha256", "as built");
    product.tree.write("work/actions/alpha/dist/index.js", "of somebody else");
    await expect(product.publish()).rejects.toThrow(
      "two builds of the same sources differ in actions/alpha/dist/index.js",
    );
  });

  test("when the build makes no bundle for an action", async () => {
    using product = await Product.create({ "scripts/bootstrap.mjs": "" });
    await expect(product.publish()).rejects.toThrow("alpha starts dist/index.js, which the build did not make");
  });

  test.each(["v1.0.0", "beta/v1.0.0"])("when %s was moved, and says which commit it belongs to", async (tag) => {
    using product = await Product.create();
    await product.publish();
    await product.pull();
    await git(product.remote, ["update-ref", `refs/tags/${tag}`, "refs/heads/main"]);
    await product.commit("more", { ".changeset/two.md": changeset({ beta: "patch" }, "More.") });
    await expect(product.publish()).rejects.toThrow(
      new RegExp(`never move[\\s\\S]*${tag} is [0-9a-f]{40}, released as`),
    );
  });

  test("when somebody made a version tag by hand", async () => {
    using product = await Product.create();
    await git(product.remote, ["tag", "v1.0.0", "main"]);
    await expect(product.publish()).rejects.toThrow("v1.0.0 was not made by a release");
  });

  test("when a bundle changed and no changeset names it", async () => {
    using product = await Product.create();
    await product.publish();
    await product.pull();
    await product.commit("two changes, one changeset", {
      "actions/alpha/src/main.js": "console.log('unannounced');\n",
      ".changeset/two.md": changeset({ beta: "patch" }, "More."),
    });
    await expect(product.publish()).rejects.toThrow("released already with other content: alpha 1.0.0");
  });

  test("for an action that no changeset has ever named", async () => {
    using product = await Product.create({ ".changeset/first.md": changeset({ alpha: "major" }, "First.") });
    await expect(product.publish()).rejects.toThrow("no changeset names beta");
  });

  test("when the remote's main has commits that were not tested here", async () => {
    using product = await Product.create();
    const other = product.tree.path("other");
    await git(product.tree.root, ["clone", "--quiet", product.remote, other]);
    const who = ["-c", "user.name=O", "-c", "user.email=o@example.com"];
    await git(other, [...who, "commit", "--quiet", "--allow-empty", "--message", "meanwhile"]);
    await git(other, ["push", "--quiet", "origin", "main"]);
    await expect(product.publish()).rejects.toThrow("main on the remote has commits that these sources lack");
  });
});
