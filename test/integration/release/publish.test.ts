import { chmodSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { git } from "../../../scripts/release/git.ts";
import { changeset, Product } from "./product.ts";

describe("a release", () => {
  test("puts each action at the top of the tree and tags the whole and every action", async () => {
    using product = await Product.create();
    const outcome = await product.publish();
    expect(outcome).toMatchObject({ kind: "released", plan: { version: "1.0.0", raised: ["alpha", "beta"] } });
    const refs = await product.remoteRefs();
    const released = refs["refs/heads/release"];
    const tags = ["v1.0.0", "v1", "alpha/v1.0.0", "alpha/v1", "beta/v1.0.0", "beta/v1"];
    for (const tag of tags) expect([tag, refs[`refs/tags/${tag}`]]).toEqual([tag, released]);
    expect(Object.keys(refs)).toHaveLength(tags.length + 2);
    const files = await git(product.remote, ["ls-tree", "-r", "--name-only", "v1.0.0"]);
    expect(files.split("\n")).toEqual([
      ".github/workflows/call-me.yml",
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      ...["CHANGELOG.md", "README.md", "action.yml", "dist/index.js"].map((file) => `alpha/${file}`),
      ...["CHANGELOG.md", "README.md", "action.yml", "dist/index.js"].map((file) => `beta/${file}`),
      "checksums.txt",
    ]);
    expect(await product.show("v1.0.0", "alpha/dist/index.js")).toBe('// shared\nconsole.log("alpha");');
  });

  test("points the workflows to the released tag and leaves other actions' pins alone", async () => {
    using product = await Product.create();
    await product.publish();
    const workflow = await product.show("v1.0.0", ".github/workflows/call-me.yml");
    expect(workflow).toContain("- uses: org/actions/alpha@v1.0.0\n");
    expect(workflow).toContain("actions/checkout@0123456789012345678901234567890123456789 # v9.9.9");
  });

  test("points the pages' examples to the major tag, their links to the tree, or else to the sources", async () => {
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

  test("raises the root by the largest bump of any action, and each action and changelog by its own", async () => {
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
    expect(refs["refs/tags/alpha/v1.0.0"]).toBe(refs["refs/tags/v1.0.0"]);
    expect(refs["refs/tags/alpha/v1"]).toBe(refs["refs/tags/v1.0.0"]);
    expect(refs["refs/tags/beta/v1"]).toBe(refs["refs/tags/v1.1.0"]);
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

  test("finishes what a refused push left undone: none of it was visible", async () => {
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

  test("when the bundles that were tested are not what the sources build", async () => {
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

  test.each(["v1.0.0", "beta/v1.0.0"])("when %s was moved, and says where it belongs (F131)", async (tag) => {
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
