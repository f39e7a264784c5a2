import { cpSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import { Act } from "../act/act.ts";
import { resultsOf } from "../act/act-setting.ts";
import type { ActLog } from "../act/log.ts";
import { publishedTree } from "../act/published-tree.ts";
import { THIRD_PARTY } from "../act/third-party.ts";
import { describeWith } from "../parts.ts";
import { type GitHub, startGitHub } from "../stand-in/github.ts";
import { commitAll } from "../support/repository-copy.ts";
import { rustEnv } from "../support/rust-env.ts";
import { root } from "./repository-files.ts";

const MINUTES = 60_000;

jest.setTimeout(5 * MINUTES);
// The only target that is installed wherever the tests run.
const TARGET = "x86_64-unknown-linux-gnu";

const caller = (inputs: string): string => `name: Release checks
on: push
permissions: {}
jobs:
  reproducibility:
    permissions: { contents: read }
    uses: org/actions/.github/workflows/reproducibility.yml@v1
    with: { targets: '["${TARGET}"]', ${inputs} }
`;

/** A build script that compiles in a value that differs between jobs, but not between the two builds of a job. */
const OF_THE_RUNNER = `fn main() {
    println!("cargo:rustc-env=FIXTURE_BUILT={:?}", std::env::var("RUNNER_TEMP").unwrap().bytes().rev().collect::<Vec<_>>());
    let code = "pub fn checked(n: usize) -> usize { n + 1 }\\n";
    std::fs::write(format!("{}/generated.rs", std::env::var("OUT_DIR").unwrap()), code).unwrap();
}
`;

describeWith(["act", "cargo", "rustc", "gcc"], "reproducibility.yml", () => {
  let published: ReturnType<typeof publishedTree>;
  let github: GitHub;
  beforeAll(async () => {
    published = publishedTree(["reproducible-build", "repro-hash-compare"]);
    github = await startGitHub();
  });
  afterAll(async () => {
    published[Symbol.dispose]();
    await github.close();
  });

  async function run(inputs: string, files: Readonly<Record<string, string>> = {}): Promise<ActLog> {
    using tree = new FileTree();
    cpSync(path.join(root, "test/fixtures/rust-workspace"), tree.root, {
      recursive: true,
      filter: (file) => path.basename(file) !== "target",
    });
    for (const [name, text] of Object.entries({ ".github/workflows/release.yml": caller(inputs), ...files }))
      tree.write(name, text);
    await commitAll(tree.root, "everything");
    const run = github.addRun({ repository: "org/product" });
    const results = resultsOf(github, run);
    using act = new Act({ repository: tree.root, uses: { ...published.uses, ...THIRD_PARTY }, results });
    return await act.run("push", { env: rustEnv() });
  }

  /** The result of each job. Jobs of a matrix have a number. */
  const results = ({ jobs }: ActLog): Record<string, string | undefined> =>
    Object.fromEntries(
      [...jobs].flatMap(([name, { result }]) =>
        result === undefined ? [] : [[name.replace(/^.*\//, "").trim(), result]],
      ),
    );

  const comparing = ({ jobs }: ActLog) => [...jobs].find(([name]) => name.includes("Compare runners"))?.[1];
  const BUILDS = {
    [`Build (${TARGET}, ubuntu-24.04)-1`]: "success",
    [`Build (${TARGET}, ubuntu-26.04)-2`]: "success",
  };
  const COMPARISON = `Compare runners (${TARGET})`;

  test("finds that the builds of two runners, each done twice, are the same", async () => {
    const log = await run("packages: a b");
    expect([results(log), log.exitCode]).toEqual([{ ...BUILDS, [COMPARISON]: "success" }, 0]);
    expect(log.text.match(/2 builds are equal in 2 files/g)).toHaveLength(2);
    const { outputs, output, summary } = comparing(log) ?? {};
    expect(outputs).toEqual(
      new Map(
        Object.entries({
          reproducible: "true",
          compared: "2",
          mismatches: "[]",
          "mismatch-count": "0",
          causes: "[]",
          report: expect.any(String),
        }),
      ),
    );
    expect(output).toContain(`uploading reproducibility-report-${TARGET}: reproducibility.html`);
    // The flags contain the paths of the two workspaces in order to remove them. That is not a difference.
    expect(summary).not.toContain("Builds made differently");
    expect(log.text).not.toContain("::warning::");
  });

  test("warns of a difference in a glibc binary, and explains it", async () => {
    const log = await run("packages: a", { "a/build.rs": OF_THE_RUNNER });
    expect([results(log), log.exitCode]).toEqual([{ ...BUILDS, [COMPARISON]: "success" }, 0]);
    expect(log.text.match(/2 builds are equal in 1 file/g)).toHaveLength(2);
    const { outputs, summary } = comparing(log) ?? {};
    expect(outputs?.get("reproducible")).toBe("false");
    expect(log.text).toMatch(new RegExp(`::warning::${TARGET}/a differs`));
    expect(JSON.parse(outputs?.get("causes") ?? "")).toEqual([
      expect.objectContaining({
        file: `${TARGET}/a`,
        kind: "embedded-text",
        place: expect.stringMatching(/^.rodata/),
      }),
    ]);
    expect(summary).toContain("a text that differs");
  });

  test("fails in strict mode, and keeps the report all the same", async () => {
    const log = await run(`packages: a, strict-for: "**", warn-for: ""`, { "a/build.rs": OF_THE_RUNNER });
    expect([results(log), log.exitCode]).toEqual([{ ...BUILDS, [COMPARISON]: "failure" }, 1]);
    const { outputs, output } = comparing(log) ?? {};
    expect(outputs?.get("reproducible")).toBe("false");
    expect(log.text).toContain("::error::not reproducible: 1 of 1 file differs");
    expect(output).toContain(`uploading reproducibility-report-${TARGET}: reproducibility.html`);
  });

  test("compares the jobs even when the two builds of one job differ", async () => {
    const log = await run("packages: a", { ".cargo/config.toml": '[env]\nFIXTURE_FOLDER = "1"\n' });
    expect(log.exitCode).toBe(1);
    // In act the jobs of a matrix share one result.
    expect(results(log)).toMatchObject({ [`Build (${TARGET}, ubuntu-26.04)-2`]: "failure", [COMPARISON]: "success" });
    expect(log.text).toMatch(/::error::a: a path of the build machine/);
    expect(JSON.parse(comparing(log)?.outputs.get("causes") ?? "")).toEqual([
      expect.objectContaining({ file: `${TARGET}/a`, kind: "build-path" }),
    ]);
  });
});
