import { describe, expect, test } from "@jest/globals";
import { readWorkflowDoc, workflowIndex } from "./workflow-index.ts";

const TEXT = `# Builds it.
# And more.
name: Build
on:
  workflow_call:
    inputs:
      platforms: { description: What to build., type: string, default: linux/amd64 }
    secrets:
      TOKEN: { description: To push. }
jobs: {}
`;

describe("the index of workflows", () => {
  test("says what a workflow does, its inputs and its secrets", () => {
    const doc = readWorkflowDoc("build.yml", TEXT);
    const page = workflowIndex(doc === undefined ? [] : [doc], "org/actions");
    expect(page).toContain(
      "## build.yml\n\nBuilds it. And more.\n\n```yaml\njobs:\n  build:\n    permissions: {}\n    uses: org/actions/.github/workflows/build.yml@v1\n```",
    );
    expect(page).toContain("| `platforms` | string | `linux/amd64` | What to build. |");
    expect(page).toContain("| `TOKEN` | To push. |");
    expect(page).not.toContain("### Outputs");
  });

  test("shows a call with the permissions and secrets it needs: the most that any job asks for", () => {
    const doc = readWorkflowDoc(
      "build.yml",
      TEXT.replace(
        "jobs: {}",
        "jobs:\n  a: { permissions: { packages: read, contents: read } }\n  b: { permissions: { packages: write } }",
      )
        .replace("{ description: To push. }", "{ description: To push., required: true }")
        .replace(
          "What to build., type: string, default: linux/amd64",
          "'Where: `ghcr.io/acme/widget`.', type: string, required: true",
        ),
    );
    const page = workflowIndex(doc === undefined ? [] : [doc], "org/actions");
    expect(page).toContain(
      `    permissions:
      contents: read
      packages: write
    uses: org/actions/.github/workflows/build.yml@v1
    with:
      platforms: ghcr.io/acme/widget
    secrets:
      TOKEN: \${{ secrets.TOKEN }}
`,
    );
  });

  test("shows the job before it, where a call needs the outputs of that job", () => {
    const docs = ["docker-attest.yml", "docker.yml"].flatMap((file) => readWorkflowDoc(file, TEXT) ?? []);
    expect(workflowIndex(docs, "org/actions")).toContain(
      `jobs:
  docker:
    permissions: {}
    uses: org/actions/.github/workflows/docker.yml@v1
  docker-attest:
    needs: docker
    if: needs.docker.outputs.tags != ''
    permissions: {}
    uses: org/actions/.github/workflows/docker-attest.yml@v1
    with:
      tags: \${{ needs.docker.outputs.tags }}
`,
    );
    expect(() => workflowIndex(docs.slice(0, 1), "org/actions")).toThrow("docker-attest.yml: there is no docker.yml");
  });

  test("leaves out a workflow without `workflow_call`", () => {
    expect(readWorkflowDoc("ci.yml", "# Tests.\non: push\n")).toBeUndefined();
  });

  test.each([
    ["a workflow", TEXT.replace(/^#.*\n/gm, ""), "a comment at the top"],
    ["an input", TEXT.replace("description: What to build., ", ""), "inputs.platforms has no description"],
    ["a secret", TEXT.replace("{ description: To push. }", "{}"), "secrets.TOKEN has no description"],
    [
      "a required input",
      TEXT.replace("default: linux/amd64", "required: true"),
      "the description of inputs.platforms gives no example",
    ],
  ])("fails for %s without a description or an example", (_case, text, message) => {
    expect(() => readWorkflowDoc("build.yml", text)).toThrow(message);
  });
});
