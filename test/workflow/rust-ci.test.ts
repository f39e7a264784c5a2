import { cpSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters as plain } from "node:util";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { FileTree } from "@release-actions/example-product";
import { Act } from "../act/act.ts";
import type { ActLog } from "../act/log.ts";
import { publishedTree } from "../act/published-tree.ts";
import { THIRD_PARTY } from "../act/third-party.ts";
import { describeWith } from "../parts.ts";
import { commitAll } from "../support/repository-copy.ts";
import { root } from "./repository-files.ts";

const MINUTES = 60_000;

jest.setTimeout(10 * MINUTES);

const caller = (inputs: string): string => `name: CI
on: push
permissions: {}
jobs:
  rust:
    permissions: { contents: read }
    uses: org/actions/.github/workflows/rust-ci.yml@v1
    with: ${inputs}
`;

/** The repository from which cargo-deny gets advisories. Git is configured to fetch it from a local folder. */
const ADVISORIES = "https://advisories.example/db";
const ADVISORY = `\`\`\`toml
[advisory]
id = "RUSTSEC-2026-0001"
package = "tiny-old"
date = "2026-01-01"
[versions]
patched = []
\`\`\`

# Nobody looks after it
`;
const denyToml = (licenses: string): string => `[advisories]
db-urls = ["${ADVISORIES}"]
[licenses]
allow = [${licenses}]
private = { ignore = true }
`;

describeWith(["act", "cargo", "cargo-deny", "cargo-hakari", "cargo-nextest", "just"], "rust-ci.yml", () => {
  let published: ReturnType<typeof publishedTree>;
  let advisories: FileTree;
  beforeAll(async () => {
    published = publishedTree(["hakari-check", "pins-check"]);
    advisories = new FileTree({ "crates/tiny-old/RUSTSEC-2026-0001.md": ADVISORY });
    await commitAll(advisories.root, "everything");
  });
  afterAll(() => {
    published[Symbol.dispose]();
    advisories[Symbol.dispose]();
  });

  /** Runs the workflow on the fixtures' product, with these files in place of its own. */
  async function run(inputs: string, files: Readonly<Record<string, string>> = {}): Promise<ActLog> {
    using tree = new FileTree();
    const product = path.join(root, "test/fixtures/product");
    for (const name of readdirSync(product).filter((entry) => entry !== "target")) {
      cpSync(path.join(product, name), tree.path(name), { recursive: true });
    }
    for (const [name, text] of Object.entries({ ".github/workflows/rust.yml": caller(inputs), ...files }))
      tree.write(name, text);
    await commitAll(tree.root, "everything");
    using act = new Act({ repository: tree.root, uses: { ...THIRD_PARTY, ...published.uses } });
    const env = {
      ...{ GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: `url.file://${advisories.root}.insteadOf` },
      GIT_CONFIG_VALUE_0: ADVISORIES,
    };
    return await act.run("push", { workflow: "rust.yml", env });
  }

  /** The result of each check; act numbers the jobs of a matrix. */
  const results = ({ jobs }: ActLog): Record<string, string | undefined> =>
    Object.fromEntries(
      [...jobs].map(([name, { result }]) => [
        name
          .replace(/^.*\//, "")
          .replace(/-\d+\s*$/, "")
          .trim(),
        result,
      ]),
    );
  const job = ({ jobs }: ActLog, check: string) => [...jobs].find(([name]) => name.includes(`/${check}-`))?.[1];
  const allGreen = {
    ...{ lock: "success", fmt: "success", clippy: "success", deny: "success", test: "success", doctest: "success" },
    ...{ hakari: "success", pins: "success", gate: "success" },
  };

  test("checks a healthy workspace with cargo's own commands and our actions", async () => {
    const log = await run("{}");
    expect([results(log), log.exitCode]).toEqual([allGreen, 0]);
    expect(job(log, "test")?.output).toMatch(/test result: .*ok/);
    expect(job(log, "deny")?.output).not.toContain("cargo deny");
  });

  test("uses cargo-deny and nextest where they are configured, also as a job of cargo-dist with its plan", async () => {
    const others = "clippy: none, fmt: none, doctest: none, lock: none, hakari: 'false', pins: false";
    const log = await run(`{ ${others}, plan: '{"announcement_tag":"v1.7.6"}' }`, {
      "deny.toml": denyToml('"MIT", "Apache-2.0"'),
      ".config/nextest.toml": "[profile.default]\nfail-fast = false\n",
      "crates/types/tests/next.rs": `#[test]\nfn counts() {\n    assert_eq!(1 + 1, 2);\n}\n`,
    });
    expect([results(log), log.exitCode]).toEqual([{ ...allGreen, hakari: undefined, pins: undefined }, 0]);
    expect(job(log, "deny")?.output).toContain("cargo deny --locked check");
    expect(plain(log.text)).toContain("advisories ok, bans ok, licenses ok, sources ok");
    expect(plain(log.text)).toMatch(/1 test run: 1 passed/);
  });

  test("fails the gate when one check fails, and lets the others finish", async () => {
    const source = readFileSync(path.join(root, "test/fixtures/product/crates/types/src/lib.rs"), "utf8");
    const log = await run("{ clippy: none, test: none, doctest: none }", {
      "deny.toml": denyToml('"MIT"'),
      "crates/types/src/lib.rs": `${source}\n    fn   badly_formatted( ) { }\n`,
    });
    expect(log.exitCode).not.toBe(0);
    // In act the jobs of a matrix share one result.
    expect(results(log)).toMatchObject({ fmt: "failure", hakari: "success", pins: "success", gate: "failure" });
    expect(log.text).toMatch(/fmt.*Diff in/);
    expect(plain(log.text)).toContain("advisories ok, bans ok, licenses FAILED, sources ok");
  });

  test("uses the recipes of a justfile, or commands from inputs in their place, and skips hakari and pins when told", async () => {
    const others = "clippy: none, test: none, doctest: none, lock: none, deny: none, hakari: 'false', pins: false";
    const recipe = await run(`{ ${others} }`, { justfile: "fmt:\n    @echo the recipe ran\n" });
    expect(recipe.text).toContain("the recipe ran");
    expect(results(recipe)["gate"]).toBe("success");
    const command = await run(`{ ${others}, fmt: "echo the command ran | tee log" }`, {
      justfile: "fmt:\n    false\n",
    });
    expect([command.exitCode, command.text]).toEqual([0, expect.stringContaining("the command ran")]);
    // Lines, quotes and text that looks like a step's output are only parts of a script.
    const lines = await run(
      `{ ${others}, env: "GREETING=hello world", fmt: "echo first\\nfound=none\\nenv=x\\necho \\"$GREETING $found\\"\\nfalse | cat\\necho never\\n" }`,
    );
    expect(results(lines)).toMatchObject({ fmt: "failure", gate: "failure" });
    expect(lines.text).toContain("hello world none");
    expect(job(lines, "fmt")?.output).not.toMatch(/^never$/m);
    const blank = await run(`{ ${others}, fmt: " \\n" }`, { justfile: "fmt:\n    @echo the recipe ran\n" });
    expect(blank.text).toContain("the recipe ran");
    const failing = await run(`{ ${others}, fmt: "false | tee log" }`);
    expect(results(failing)).toMatchObject({ fmt: "failure", gate: "failure" });
  });
});
