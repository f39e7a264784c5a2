import { describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { describeWith } from "../parts.ts";
import { type CompositeScript, compositeScripts } from "./composite-scripts.ts";
import { actionFiles } from "./repository-files.ts";

/** The shell that a runner starts with `-eo pipefail`, and that shellcheck can check. */
const BASH = "bash";

const BAD = `name: bad
description: d
runs:
  using: composite
  steps:
    - run: |
        set -x
        rm -rf $HOME/$1
      shell: bash
    - uses: org/actions/load-restate-image@v1
    - name: one line
      run: cat file | while read line; do echo \${{ inputs.x }} $line "$UNSET" "$WORD"; done
      env: { WORD: x }
      shell: bash
`;

describe("the scripts of a composite action", () => {
  test("are found with their first line", () => {
    expect(compositeScripts({ file: "bad/action.yml", text: BAD })).toEqual([
      { file: "bad/action.yml", line: 7, shell: "bash", env: [], script: "set -x\nrm -rf $HOME/$1\n" },
      {
        file: "bad/action.yml",
        line: 12,
        shell: "bash",
        env: ["WORD"],
        script: 'cat file | while read line; do echo EXPRESSION $line "$UNSET" "$WORD"; done',
      },
    ]);
  });

  test("do not exist when the action is a program", () => {
    expect(compositeScripts({ file: "a", text: "runs:\n  using: node24\n  main: dist/index.js\n" })).toEqual([]);
  });

  test("run in bash, which stops at the first failure, also within a pipeline (F101)", () => {
    const others = actionFiles()
      .flatMap(compositeScripts)
      .filter(({ shell }) => shell !== BASH);
    expect(others.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });
});

describeWith(["shellcheck"], "shellcheck", () => {
  test("finds nothing in the scripts of our composite actions", async () => {
    expect((await Promise.all(actionFiles().flatMap(compositeScripts).map(check))).flat()).toEqual([]);
  });

  test("flags problems in a script, at their lines of action.yml", async () => {
    const found = await Promise.all(compositeScripts({ file: "bad/action.yml", text: BAD }).map(check));
    expect(found.flat()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^bad\/action\.yml:8: .*\(SC2086\)$/),
        expect.stringMatching(/^bad\/action\.yml:12: .*\(SC2162\)$/),
        expect.stringMatching(/^bad\/action\.yml:12: UNSET is referenced but not assigned\. \(SC2154\)$/),
      ]),
    );
  });
});

/** Variables that a runner sets for every step. */
const RUNNER_VARIABLES = ["GITHUB_OUTPUT", "GITHUB_SHA", "RUNNER_TEMP"];

/** The findings of shellcheck with its optional checks, and with the options that a runner gives to bash. */
async function check({ file, line, env, script }: CompositeScript): Promise<string[]> {
  const options = ["--shell=bash", "--format=json1", "--enable=all", "--exclude=SC2250,SC2292,SC2310,SC2311,SC2312"];
  const variables = [...RUNNER_VARIABLES, ...env].map((name) => `${name}=""`).join(" ");
  const input = `#!/usr/bin/env bash\nset -eo pipefail; export ${variables}\n${script}`;
  const result = await runCommand("shellcheck", [...options, "-"], { input, check: false });
  const { comments }: { comments: readonly { line: number; code: number; message: string }[] } = JSON.parse(
    result.stdout,
  );
  return comments.map((comment) => `${file}:${line + comment.line - 3}: ${comment.message} (SC${comment.code})`);
}
