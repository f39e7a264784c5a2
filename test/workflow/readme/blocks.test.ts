import path from "node:path";
import { expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { pinSelfReferences } from "../../../scripts/release/references.ts";
import { RELEASED } from "../../act/published-tree.ts";
import { describeWith } from "../../parts.ts";
import { actionFiles, root, workflowFiles } from "../repository-files.ts";
import { asWorkflow, blocksOf, kindOf, readBlocks } from "./blocks.ts";

const blocks = readBlocks().filter((block) => block.language === "yaml" && kindOf(block) !== "other");

describeWith(["actionlint", "shellcheck", "git"], "the workflows in our pages, as a reader pastes them", () => {
  test("are found", () => {
    expect(blocks.length).toBeGreaterThan(80);
  });

  test("use existing inputs, outputs, secrets and jobs, and have everything that is required", async () => {
    const texts = blocks.map((block) => ({ place: block.place, text: asWorkflow(block) }));
    expect(await findings(texts)).toEqual([]);
  });

  test.each([
    [
      "an input that the action lacks",
      "- uses: org/actions/pins-check@v1\n  with: { fixx: true }\n",
      /"fixx" is not defined in action/,
    ],
    [
      "an output that the action lacks",
      "- id: a\n  uses: org/actions/release-channel@v1\n- run: echo ${{ steps.a.outputs.tag }}\n",
      /"tag" is not defined/,
    ],
    ["a missing input", "- uses: org/actions/scarf-rewrite@v1\n", /missing input "gateway"/],
    ["a step that the block does not have", "- run: echo ${{ steps.plan.outputs.x }}\n", /"plan" is not defined/],
  ])("are refused for %s", async (_case, text, message) => {
    const [block] = blocksOf("page.md", `\`\`\`yaml\n${text}\`\`\`\n`);
    if (block === undefined) throw new Error("no block");
    expect(await findings([{ place: "page.md:1", text: asWorkflow(block) }])).toEqual([expect.stringMatching(message)]);
  });
});

/** The findings of actionlint for workflows that use our actions from a folder, where actionlint can read them. */
async function findings(texts: readonly { readonly place: string; readonly text: string }[]): Promise<string[]> {
  using tree = new FileTree();
  await runCommand("git", ["init", "--quiet"], { cwd: tree.root });
  for (const { file, text } of actionFiles()) {
    const folder = `release/${path.basename(path.dirname(file))}`;
    tree.write(`${folder}/action.yml`, text);
    // actionlint requires the files of the programs, but does not run them.
    for (const [, program = ""] of text.matchAll(/^\s+(?:main|post|pre): (\S+)$/gm))
      tree.write(`${folder}/${program}`, "");
  }
  for (const { file, text } of workflowFiles()) tree.write(file, pinSelfReferences(text, RELEASED));
  const written = new Map(
    texts.map(({ place, text }, index) => [`.github/workflows/block-${index}.yml`, { place, text }]),
  );
  for (const [file, { text }] of written) tree.write(file, fromFolder(text));
  const options = ["-no-color", "-oneline", "-config-file", path.join(root, ".github/actionlint.yaml")];
  const result = await runCommand("actionlint", [...options, ...written.keys()], { cwd: tree.root, check: false });
  expect([0, 1]).toContain(result.exitCode);
  return result.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/^[^:]+/, (file) => `${written.get(file)?.place ?? file}, line`));
}

function fromFolder(text: string): string {
  return text
    .replaceAll(/\buses: org\/actions\/(\.github\/workflows\/[\w.-]+)@\S+/g, "uses: ./$1")
    .replaceAll(/\buses: org\/actions\/([\w-]+)@\S+/g, "uses: ./release/$1");
}
