/** The values that the files of a new action are made from. */
export interface NewAction {
  /** A verb and a noun in kebab-case, such as `check-digest`. */
  readonly name: string;
  /** `owner/name` of this repository. */
  readonly repository: string;
}

/** The files of a new action, by their path in the repository. The action is small, but it works and has tests and documentation. */
export function newActionFiles({ name, repository }: NewAction): Record<string, string> {
  const folder = `actions/${name}`;
  const words = name.replaceAll("-", " ");
  const title = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  const verb = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return {
    [`${folder}/package.json`]: packageJson(name),
    [`${folder}/action.yml`]: actionYml(title),
    [`${folder}/README.md`]: readme(name, repository),
    [`${folder}/src/main.ts`]: mainModule(name, verb),
    [`${folder}/src/${name}.ts`]: logicModule(verb),
    [`${folder}/src/${name}.test.ts`]: unitTest(name, verb),
    [`test/integration/${name}.test.ts`]: integrationTest(name),
    [`.changeset/${name}.md`]: `---\n"@release-actions/${name}": major\n---\n\nThe first release.\n`,
  };
}

function packageJson(name: string): string {
  const manifest = {
    name: `@release-actions/${name}`,
    version: "0.0.0",
    private: true,
    license: "MIT",
    type: "module",
    dependencies: { "@release-actions/action-kit": "workspace:*", "@release-actions/text": "workspace:*" },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function actionYml(title: string): string {
  return `name: ${title}
description: Says how many lines a file has.
author: The release actions authors
branding:
  icon: box
  color: blue
inputs:
  file:
    # path
    description: The file to look at.
    required: true
outputs:
  lines:
    description: The number of lines of the file.
runs:
  using: node24
  main: dist/index.js
`;
}

function readme(name: string, repository: string): string {
  return `# ${name}

Says how many lines a file has.

## Usage

\`\`\`yaml
- uses: ${repository}/${name}@v1
  with:
    file: README.md
\`\`\`

## Permissions

None.

## Inputs

<!-- inputs:start -->
<!-- inputs:end -->

## Outputs

<!-- outputs:start -->
<!-- outputs:end -->

## Limits

The file is read as a whole.
`;
}

function mainModule(name: string, verb: string): string {
  return `import { runAction } from "@release-actions/action-kit";
import { readText } from "@release-actions/text";
import { contract } from "./action.gen.ts";
import { ${verb} } from "./${name}.ts";

void runAction(contract, async (runner) => {
  const { file } = runner.inputs;
  const lines = ${verb}(readText(file));
  runner.setOutput("lines", lines);
  runner.info(\`\${file} has \${lines} lines\`);
});
`;
}

function logicModule(verb: string): string {
  return `/** The number of lines of a text; a last line counts with and without its line feed. */
export function ${verb}(text: string): number {
  return text.split("\\n").length - (text.endsWith("\\n") || text === "" ? 1 : 0);
}
`;
}

function unitTest(name: string, verb: string): string {
  return `import { describe, expect, test } from "@jest/globals";
import { ${verb} } from "./${name}.ts";

describe("${verb}", () => {
  test.each([
    ["no line in an empty text", "", 0],
    ["a line without a line feed", "one", 1],
    ["a line with one", "one\\n", 1],
    ["an empty line", "one\\n\\nthree\\n", 3],
  ])("counts %s", (_case, text, lines) => {
    expect(${verb}(text)).toBe(lines);
  });
});
`;
}

function integrationTest(name: string): string {
  return `import { describe, expect, test } from "@jest/globals";
import { runAction } from "../runner/run-action.ts";
import { FileTree } from "@release-actions/example-product";

describe("${name}", () => {
  test("says how many lines a file has", async () => {
    using tree = new FileTree({ "some.txt": "one\\ntwo\\n" });
    const { main } = await runAction("${name}", { step: { inputs: { file: tree.path("some.txt") } } });
    expect(main).toMatchObject({ conclusion: "success", outputs: { lines: "2" } });
  });

  test("names a file that does not exist", async () => {
    using tree = new FileTree();
    const { main } = await runAction("${name}", { step: { inputs: { file: tree.path("no.txt") } } });
    expect(main.conclusion).toBe("failure");
    expect(main.annotations[0]?.message).toContain("no.txt does not exist");
  });

  test("fails with an annotation when its input is missing", async () => {
    const { main } = await runAction("${name}");
    expect(main.conclusion).toBe("failure");
    expect(main.annotations[0]?.message).toContain("input \`file\` is required");
  });
});
`;
}
