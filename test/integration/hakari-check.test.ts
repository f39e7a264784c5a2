import { chmodSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { findProgram, runCommand } from "@release-actions/command";
import { FileTree, Product } from "@release-actions/example-product";
import { describeWith } from "../parts.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { expectOneError } from "../runner/one-error.ts";
import { startGitHub } from "../stand-in/github.ts";
import type { Run as GitHubRun } from "../stand-in/model.ts";
import { rustEnv } from "../support/rust-env.ts";

const github = await startGitHub();
afterAll(() => github.close());

const HACK = "workspace-hack/Cargo.toml";
const TYPES = "crates/types/Cargo.toml";
const CONFIG = ".config/hakari.toml";

type Change = (product: Product) => void;

const replace =
  (file: string, from: string, to: string): Change =>
  (product) =>
    product.replace(file, from, to);
const stale = replace(HACK, '"json", ', "");
const lacking = replace(TYPES, 'workspace-hack = { version = "0.1", path = "../../workspace-hack" }\n', "");

interface Run {
  readonly step: StepResult;
  readonly problems: readonly { title: string; message: string; file: string; line: number }[];
  readonly patch: string;
}

/** Runs the action on a changed copy of the product in a git repository. `look` sees the tree before it is removed. */
async function check(
  change: Change,
  inputs: Readonly<Record<string, string>> = {},
  look: (workspace: string) => Promise<void> | void = () => undefined,
): Promise<Run> {
  using product = new Product();
  change(product);
  await using job = await Job.open({ env: rustEnv() });
  cpSync(product.root, job.workspace, { recursive: true });
  await runCommand("git", ["init", "--quiet", job.workspace]);
  const step = await job.step("hakari-check", { inputs: { version: "installed", ...inputs } });
  const file = step.outputs["patch"] ?? "";
  const patch = file === "" ? "" : readFileSync(file, "utf8");
  await look(job.workspace);
  return { step, problems: JSON.parse(step.outputs["problems"] ?? "[]"), patch };
}

function same(product: Product, workspace: string, name: string): boolean {
  return readFileSync(path.join(workspace, name), "utf8") === product.read(name);
}

describeWith(["cargo", "cargo-hakari", "git"], "hakari-check on real workspaces", () => {
  test("finds nothing in a clean workspace", async () => {
    const { step } = await check(() => undefined, { version: "" });
    expect(step.annotations).toEqual([]);
    expect(step).toMatchObject({
      conclusion: "success",
      outputs: { "up-to-date": "true", problems: "[]", patch: "", version: "0.9.39" },
    });
    expect(step.log).toContain("cargo-hakari 0.9.39 from PATH");
  });

  test("names the line of a stale section, the dependency that is built twice, and leaves the tree alone", async () => {
    using product = new Product();
    stale(product);
    const { step, problems, patch } = await check(stale, {}, (workspace) =>
      expect(same(product, workspace, HACK)).toBe(true),
    );
    expect(step).toMatchObject({ conclusion: "failure", outputs: { "up-to-date": "false" } });
    expect(problems.map(({ title, line }) => [title, line])).toEqual([
      ["workspace-hack is out of date", 14],
      ["built more than once", 1],
    ]);
    expect(problems[1]?.message).toBe(
      "tiny-log 0.3.1 would be built 2 times: json, std on the target platform for beacon-client; std on the target platform for workspace-hack, beacon-types, beacon-server",
    );
    expect(step.annotations[0]).toMatchObject({ level: "error", file: HACK, line: 14 });
    expect(step.summary).toContain("cargo hakari generate\ncargo hakari manage-deps");
    expect(step.summary).toContain("git apply hakari.patch");
    expect(patch).toContain(`--- a/${HACK}\n+++ b/${HACK}\n`);
  });

  test("names the crate that lacks the dependency", async () => {
    const { step, problems } = await check(lacking);
    expect(problems).toEqual([
      {
        title: "workspace-hack dependency missing",
        message: expect.stringContaining("beacon-types does not depend"),
        file: expect.stringContaining(TYPES),
        line: 15,
      },
    ]);
    expect(step.annotations[0]).toMatchObject({ file: TYPES, line: 15 });
  });

  test("names an excluded crate that depends on workspace-hack all the same", async () => {
    const excludes = '[traversal-excludes]\nworkspace-members = ["beacon-client"]\n#';
    const { problems } = await check(replace(CONFIG, "platforms", excludes));
    expect(problems.map(({ title }) => title)).toContain("needless workspace-hack dependency");
  });

  test("makes a patch that git applies, after which nothing is left to fix", async () => {
    using product = new Product();
    stale(product);
    lacking(product);
    const { patch } = await check((other) => {
      stale(other);
      lacking(other);
    });
    await runCommand("git", ["apply", "-"], { cwd: product.root, input: patch });
    using clean = new Product();
    for (const name of [HACK, TYPES, "Cargo.lock"]) expect(product.read(name)).toBe(clean.read(name));
  });

  test("leaves the lock file alone, which cargo would rewrite", async () => {
    using product = new Product();
    const { step } = await check(lacking, { checks: "generate" }, (workspace) => {
      expect(same(product, workspace, "Cargo.lock")).toBe(true);
    });
    expect(step.conclusion).toBe("success");
  });

  test("writes the fix into the tree with `fix`, and succeeds", async () => {
    using clean = new Product();
    const { step } = await check(stale, { fix: "true" }, (workspace) =>
      expect(same(clean, workspace, HACK)).toBe(true),
    );
    expect(step).toMatchObject({ conclusion: "success", outputs: { "up-to-date": "false" } });
    expect(step.annotations.every(({ level }) => level === "notice")).toBe(true);
  });

  test("runs only the requested checks", async () => {
    const { step } = await check(stale, { checks: "manage-deps" });
    expect(step.outputs["up-to-date"]).toBe("true");
    expect(step.log).not.toContain("cargo hakari generate");
  });

  test.each<[string, Change, RegExp, place?: string, inputs?: Record<string, string>]>([
    ["no hakari.toml", (product) => product.remove(".config"), /has no hakari.toml/],
    ["a broken Cargo.toml", replace(HACK, 'version = "0.1.0"', 'version = "0.1.0'), /is not valid TOML/, `${HACK}:3`],
    [
      "a member in another folder that does not name its workspace",
      replace("Cargo.toml", '"workspace-hack"]', '"workspace-hack", "../outside"]'),
      /the workspace member "..\/outside" has no Cargo.toml/,
      "Cargo.toml:3",
    ],
    [
      "a manifest that only cargo refuses",
      replace(TYPES, "tiny-bytes = {", "tiny-nothing = {"),
      /`cargo hakari generate --diff` failed with exit code 1:[\s\S]*tiny-nothing[\s\S]*Next: Correct what `cargo metadata`/,
    ],
    [
      "an unknown resolver (B122)",
      replace(CONFIG, 'resolver = "2"', 'resolver = "9"'),
      /unknown variant `9`[\s\S]*this is not drift/,
    ],
    [
      "an unknown platform (B122)",
      replace(CONFIG, "aarch64-apple-darwin", "pdp11-unknown-v7"),
      /pdp11-unknown-v7[\s\S]*this is not drift/,
    ],
    [
      "a format that is newer than the pinned tools",
      replace(CONFIG, '"4"', '"5"'),
      /dep-format-version is "5", and no cargo-hakari is pinned/,
      `${CONFIG}:2`,
      { version: "" },
    ],
    [
      "a format that is newer than the installed tool",
      replace(CONFIG, 'dep-format-version = "4"', 'dep-format-version = "5"'),
      /the format 5 of hakari.toml is newer than this cargo-hakari/,
      `${CONFIG}:2`,
    ],
    [
      "a marker that is missing (B121)",
      replace(HACK, "### END HAKARI SECTION\n", ""),
      /END HAKARI SECTION` is missing, expected once/,
      `${HACK}:1`,
    ],
    [
      "a marker that is doubled (B121)",
      replace(HACK, "### BEGIN HAKARI SECTION\n", "### BEGIN HAKARI SECTION\n### BEGIN HAKARI SECTION\n"),
      /occurs 2 times, on lines 11 and 12/,
      `${HACK}:12`,
    ],
    [
      "a package that is not a member",
      replace(CONFIG, '"workspace-hack"', '"hack"'),
      /the workspace has no package "hack"/,
      `${CONFIG}:1`,
    ],
    [
      "a toolchain that is not installed",
      replace("rust-toolchain.toml", "1.95.0", "1.95.99"),
      /pins Rust 1.95.99, which does not start here/,
      "rust-toolchain.toml:3",
    ],
    [
      "a check that does not exist",
      () => undefined,
      /names "verfiy", expected generate, manage-deps, verify/,
      "",
      { checks: "generate verfiy" },
    ],
  ])("reports %s as its own kind of failure, not as drift", async (_name, change, message, place = "", inputs = {}) => {
    const { step } = await check(change, inputs);
    expectOneError(step, message, place);
    expect(step.outputs["up-to-date"]).toBeUndefined();
    expect(step.annotations[0]?.message).not.toContain("bug in the action");
  });
});

describeWith(["cargo", "cargo-hakari"], "hakari-check switches hakari off", () => {
  /** A job in a copy of the product. */
  async function withJob(body: (job: Job, product: Product) => Promise<void>): Promise<void> {
    using product = new Product();
    await using job = await Job.open({ env: rustEnv() });
    cpSync(product.root, job.workspace, { recursive: true });
    await body(job, product);
  }
  const inputs = { command: "disable", version: "installed" };
  const hack = (job: Job): string => job.file(HACK);

  test("until the job ends, whatever the build does to the files", async () => {
    await withJob(async (job, product) => {
      const step = await job.step("hakari-check", { inputs });
      expect(step).toMatchObject({ conclusion: "success", outputs: { version: "0.9.39" } });
      expect(readFileSync(hack(job), "utf8")).toContain("Disabled by running `cargo hakari disable`");
      const build = await runCommand("cargo", ["build", "--offline", "--locked", "-p", "beacon-server"], {
        cwd: job.workspace,
        check: false,
      });
      expect(build.exitCode).toBe(0);
      rmSync(job.file("Cargo.lock"));
      writeFileSync(hack(job), "[broken");
      const [post] = await job.post();
      expect(post?.conclusion).toBe("success");
      expect(same(product, job.workspace, HACK) && same(product, job.workspace, "Cargo.lock")).toBe(true);
      expect(existsSync(`${hack(job)}.restored`)).toBe(false);
    });
  });

  test("twice without losing the original files, and on again with `restore`", async () => {
    await withJob(async (job, product) => {
      await job.step("hakari-check", { inputs });
      const again = await job.step("hakari-check", { inputs });
      expect(again.log).toContain("hakari was already off");
      const restored = await job.step("hakari-check", { inputs: { command: "restore" } });
      expect(restored.log).toContain("hakari is on again, restored");
      expect(same(product, job.workspace, HACK)).toBe(true);
      for (const post of await job.post()) expect(post.conclusion).toBe("success");
      expect(same(product, job.workspace, HACK)).toBe(true);
    });
  });

  test("not in a repository without hakari, and says so", async () => {
    await withJob(async (job) => {
      rmSync(job.file(".config"), { recursive: true });
      const step = await job.step("hakari-check", { inputs });
      expect(step.conclusion).toBe("success");
      expect(step.log).toContain("has no hakari.toml: nothing to switch off");
      expect((await job.post())[0]?.conclusion).toBe("success");
    });
  });
});

describeWith(["cargo", "cargo-hakari", "git"], "hakari-check on GitHub's services", () => {
  /** One job of a run; `cargo install` copies the real program, since building it takes minutes. */
  async function job(run: GitHubRun, options: { searchPath?: string; change?: Change } = {}): Promise<StepResult> {
    using product = new Product();
    options.change?.(product);
    await using opened = await Job.open({ env: { ...github.env(run), ...rustEnv() } });
    cpSync(product.root, opened.workspace, { recursive: true });
    const env = options.searchPath === undefined ? {} : { PATH: options.searchPath };
    return await opened.step("hakari-check", { env });
  }

  test("uploads the patch as an artifact that any client can read", async () => {
    const run = github.addRun();
    const step = await job(run, { change: stale });
    expect(step.conclusion).toBe("failure");
    expect(step.summary).toContain("in the artifact `hakari-patch` of this run");
    expect(github.artifact(run, "hakari-patch").size).toBeGreaterThan(100);
  });

  test("uploads nothing when there is nothing to fix", async () => {
    const run = github.addRun();
    expect((await job(run)).conclusion).toBe("success");
    expect(() => github.artifact(run, "hakari-patch")).toThrow(/has no artifact/);
  });

  test("installs its tool once: later runs take it from the cache, but the run of a tag does not (F134)", async () => {
    using shims = new FileTree();
    const real = findProgram("cargo-hakari", process.env["PATH"]) ?? "";
    const cargo = findProgram("cargo", process.env["PATH"]) ?? "";
    const copy = `mkdir -p "$4/bin" && cp ${real} "$4/bin/"`;
    shims.write("with/cargo", `#!/bin/sh\nif [ "$1" = install ]; then ${copy}; else exec ${cargo} "$@"; fi\n`);
    shims.write(
      "without/cargo",
      `#!/bin/sh\nif [ "$1" = install ]; then echo "no registry" >&2; exit 101; else exec ${cargo} "$@"; fi\n`,
    );
    for (const name of ["with/cargo", "without/cargo"]) chmodSync(shims.path(name), 0o755);
    const others = (process.env["PATH"] ?? "")
      .split(":")
      .filter((folder) => !existsSync(path.join(folder, "cargo-hakari")));
    const searchPath = (name: string): string => [shims.path(name), ...others].join(":");

    const repository = "acme/tools";
    const first = await job(github.addRun({ repository }), { searchPath: searchPath("with") });
    expect(first.log).toContain("cargo-hakari 0.9.39 from cargo install");
    const second = await job(github.addRun({ repository }), { searchPath: searchPath("without") });
    expect(second.log).toContain("cargo-hakari 0.9.39 from cache");
    expect(second).toMatchObject({ conclusion: "success", outputs: { "up-to-date": "true" } });
    const tagged = await job(github.addRun({ repository, headBranch: "refs/tags/v1.0.0" }), {
      searchPath: searchPath("without"),
    });
    expect(tagged.conclusion).toBe("failure");
    expect(tagged.annotations[0]?.message).toContain("no registry");
  }, 120_000);
});
