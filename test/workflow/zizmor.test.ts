import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { parse } from "yaml";
import { assembleTree } from "../../scripts/release/assemble.ts";
import { RELEASED } from "../act/published-tree.ts";
import { describeWith } from "../parts.ts";
import { actionFiles, root, workflowFiles } from "./repository-files.ts";

const CONFIG = path.join(root, ".github/zizmor.yml");

describeWith(["zizmor"], "zizmor in pedantic mode", () => {
  test("finds nothing in our workflows and actions", async () => {
    const files = [...workflowFiles(), ...actionFiles()].map(({ file }) => file);
    expect(await audit(root, files)).toEqual([]);
  });

  test("ignores only the image that a caller gives", () => {
    const ignoring = [...workflowFiles(), ...actionFiles()].filter(({ text }) => text.includes("zizmor: ignore"));
    expect(ignoring.map(({ file }) => file)).toEqual([]);
    expect(parse(readFileSync(CONFIG, "utf8"))).toEqual({ rules: { "unpinned-images": { ignore: ["rust-ci.yml"] } } });
  });

  test("flags what a careless workflow does", async () => {
    using tree = new FileTree({
      ".github/workflows/bad.yml": `on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - run: echo \${{ github.event.pull_request.title }}
`,
    });
    const found = await audit(tree.root, [".github/workflows/bad.yml"]);
    expect(found).toEqual(
      expect.arrayContaining(["dangerous-triggers", "unpinned-uses", "template-injection", "artipacked"]),
    );
  });

  test("flags an expression in the script of a composite action (F135)", async () => {
    using tree = new FileTree({
      "a/action.yml": `name: a
description: d
inputs: { title: { description: t } }
runs:
  using: composite
  steps:
    - run: echo \${{ inputs.title }}
      shell: bash
`,
    });
    expect(await audit(tree.root, ["a/action.yml"])).toContain("template-injection");
  });

  test("allows our own actions at the running commit, but no action by tag", async () => {
    const step = (uses: string): string => `name: w
on: push
permissions: {}
concurrency: { group: w, cancel-in-progress: true }
jobs:
  a:
    name: a
    runs-on: ubuntu-latest
    steps:
      - name: s
        uses: ${uses}
`;
    using tree = new FileTree({
      ".github/workflows/own.yml": step("$/actions/load-restate-image"),
      ".github/workflows/other.yml": step("other/actions/load-restate-image@v1"),
      ".github/workflows/workspace.yml": step("./actions/load-restate-image"),
    });
    expect(await audit(tree.root, [".github/workflows/own.yml"])).toEqual([]);
    expect(await audit(tree.root, [".github/workflows/other.yml"])).toContain("unpinned-uses");
    expect(await audit(tree.root, [".github/workflows/workspace.yml"])).toContain("self-repository");
  });

  test("finds nothing in auditor mode in the tree of a release", async () => {
    using tree = new FileTree();
    assembleTree(root, tree.root, RELEASED);
    const files = globSync(["*/action.yml", "actions/*/action.yml", ".github/workflows/*.yml"], { cwd: tree.root });
    expect(await audit(tree.root, files.sort(), "auditor")).toEqual([]);
  });
});

/** The names of the audits with findings. It runs offline, without the audits that query GitHub. */
async function audit(cwd: string, files: readonly string[], persona = "pedantic"): Promise<string[]> {
  const options = ["--offline", "--config", CONFIG, "--persona", persona, "--format", "json-v1", "--no-progress"];
  const result = await runCommand("zizmor", [...options, ...files], { cwd, check: false });
  const findings: unknown = JSON.parse(result.stdout);
  if (!Array.isArray(findings)) throw new Error(`zizmor printed ${result.stdout}${result.stderr}`);
  return findings.map((finding) => String(Object(finding).ident));
}
