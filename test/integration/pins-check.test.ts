import { cpSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Product } from "@release-actions/example-product";
import { Job, type StepResult } from "../runner/job.ts";
import { expectOneError } from "../runner/one-error.ts";
import { startRegistry } from "./docker/registry.ts";
import { freshArchive } from "./load-restate-image/fixture.ts";

interface Case {
  readonly change?: (product: Product) => void;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the action on the product in miniature; `read` gives a file as the action left it. */
async function check({
  change,
  inputs = {},
  env = {},
}: Case): Promise<StepResult & { read: (name: string) => string }> {
  using product = new Product();
  change?.(product);
  await using job = await Job.open({ env });
  cpSync(product.root, job.workspace, { recursive: true });
  const step = await job.step("pins-check", { inputs });
  const names = globSync("{*,.github/**/*.yml,docker/*}", { cwd: job.workspace, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const texts = new Map(files.map((file) => [path.relative(job.workspace, file), readFileSync(file, "utf8")]));
  return { ...step, read: (name) => texts.get(name) ?? `(no ${name})` };
}

describe("pins-check", () => {
  test("passes on a consistent product, and shows every fact", async () => {
    const step = await check({ env: { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1.7.6" } });
    expect(step.annotations.filter(({ level }) => level !== "notice")).toEqual([]);
    expect(step).toMatchObject({ conclusion: "success", outputs: { consistent: "true", problems: "[]" } });
    expect(step.summary).toContain("| toolchain | 1.95.0 | rust-toolchain.toml:3 | ok |");
    expect(step.summary).toContain("| tag | 1.7.6 | the tag | ok |");
  });

  test("fails with one annotation for each disagreement, at the place that must follow", async () => {
    const step = await check({ change: (product) => product.replace("Cargo.toml", '"1.95.0"', '"1.94.0"') });
    expect(step).toMatchObject({ conclusion: "failure", outputs: { consistent: "false" } });
    expect(JSON.parse(step.outputs["problems"] ?? "")).toEqual([
      {
        ...{ fact: "rust-version", relation: "equal", severity: "error", fixed: false },
        message:
          '"1.94.0" here, "1.95.0" at rust-toolchain.toml:3: no crate is published, so no user needs the older Rust',
        values: ["1.95.0", "1.94.0"],
        places: [
          { file: "rust-toolchain.toml", line: 3 },
          { file: "Cargo.toml", line: 9 },
        ],
      },
    ]);
    const errors = step.annotations.filter(({ level }) => level === "error");
    expect(errors.map(({ file, line }) => [file, line])).toEqual([
      ["Cargo.toml", 9],
      [undefined, undefined],
    ]);
    expect(errors[1]?.message).toMatch(/^1 fact disagrees: Cargo.toml:9\nNext: Run this action with `fix: true`/);
    expect(step.summary).toContain("| rust-version | 1.94.0 | Cargo.toml:9 | error: equal (rust) |");
  });

  test("does the whole bump from one edit with `fix`", async () => {
    const change = (product: Product): void => product.replace("rust-toolchain.toml", "1.95.0", "1.96.0");
    const step = await check({ change, inputs: { fix: "true" } });
    expect(step).toMatchObject({ conclusion: "success", outputs: { consistent: "true" } });
    expect(step.summary).toMatch(
      /#### Fixed\n\n(- .*\n)*- Cargo.toml:9: "1.95.0" here, "1.96.0" at rust-toolchain.toml:3/,
    );
    expect(step.read("Cargo.toml")).toContain('rust-version = "1.96.0"');
    expect(step.read("docker/debug.Dockerfile")).toContain("rust:1.96.0-bookworm");
    expect(step.read(".github/workflows/ci.yml")).toContain("RUST_TOOLCHAIN: 1.96.0 # read by");
    const elsewhere = step.annotations.find(({ title }) => title === "in another repository");
    expect(elsewhere?.message).toMatch(
      /^builds run in an image whose Rust version .*, expected 1.96.0: ghcr.io\/example\/dev-tools:1.14.3/,
    );
    expect(JSON.parse(step.outputs["problems"] ?? "")).toHaveLength(3);
  });

  test("updates an image's digest together with its tag, from the image's registry", async () => {
    await using registry = await startRegistry(freshArchive());
    const image = `${registry.repository.replace(/\/.*/, "")}/mirror/rust`;
    const old = `${image}:1.94.0-bookworm@sha256:${"a".repeat(64)}`;
    const change = (product: Product): void => product.replace("docker/debug.Dockerfile", "rust:1.95.0-bookworm", old);
    const step = await check({ change, inputs: { fix: "true" } });
    expect(step).toMatchObject({ conclusion: "success", outputs: { consistent: "true" } });
    expect(step.read("docker/debug.Dockerfile")).toContain(`FROM ${image}:1.95.0-bookworm@${registry.digest}\n`);
    await registry[Symbol.asyncDispose]();
    const alone = await check({ change, inputs: { fix: "true" } });
    expect(alone).toMatchObject({ conclusion: "failure", outputs: { consistent: "false" } });
    expect(alone.read("docker/debug.Dockerfile")).toContain(`FROM ${old}\n`);
    expect(alone.annotations.at(-1)?.message).toContain("`docker buildx imagetools inspect <image>`");
  });

  test("compares the pushed tag with the version, or a tag from the input", async () => {
    const env = { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1.7.7" };
    const step = await check({ env });
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]).toMatchObject({
      level: "error",
      message: expect.stringContaining('the tag v1.7.7 has the version "1.7.7", expected "1.7.6" at Cargo.toml:7'),
    });
    expect((await check({ env, inputs: { tag: "v1.7.6" } })).conclusion).toBe("success");
  });

  test("reads pins.yml when it exists", async () => {
    const pins = "facts:\n  a: { file: Cargo.toml, toml: workspace.package.version }\nrelations:\n  - pinned: a\n";
    const step = await check({ change: (product) => product.write(".github/pins.yml", pins) });
    expect(step.log).toContain("checking what .github/pins.yml says");
    expect(step.outputs).toEqual({ consistent: "true", problems: "[]" });
  });

  test("fails for a crate that cannot be read, and checks the rest", async () => {
    const change = (product: Product): void => {
      product.write("crates/types/Cargo.toml", "[package\n");
      product.replace("justfile", "dev-tools:1.14.3", "dev-tools:1.14.2");
    };
    const step = await check({ change });
    const errors = step.annotations.filter(({ level }) => level === "error");
    expect(errors.map(({ file, line }) => [file, line])).toEqual([
      ["justfile", 1],
      ["crates/types/Cargo.toml", 2],
      [undefined, undefined],
    ]);
    expect(errors.at(-1)?.message).toContain("1 fact disagrees, 1 file could not be read");
  });

  test("reports a stale lock file once", async () => {
    const change = (product: Product): void => {
      const lock = product.read("Cargo.lock");
      product.write("Cargo.lock", lock.replaceAll('version = "1.7.6"', 'version = "1.7.5"'));
    };
    const step = await check({ change });
    const errors = step.annotations.filter(({ level }) => level === "error");
    expect(errors.map(({ message }) => message)).toEqual([
      "Cargo.lock: 3 crates are at 1.7.5, expected 1.7.6 (run `cargo update -w`)",
      expect.stringContaining("1 fact disagrees"),
    ]);
    const fixed = await check({ change, inputs: { fix: "true" } });
    expect(fixed).toMatchObject({ conclusion: "success" });
    expect(fixed.read("Cargo.lock")).not.toContain("1.7.5");
  });

  test.each<[string, Case, RegExp, place?: string]>([
    ["a config that is missing", { inputs: { config: "nope.yml" } }, /^nope.yml does not exist/, "nope.yml"],
    ["a config outside the repository", { inputs: { config: "/etc/pins.yml" } }, /expected a file below/],
    ["an `only` that is not the name of a check", { inputs: { only: "rsut" } }, /`only` names rsut/],
  ])("reports one clear error for %s", async (_name, options, message, place = "") => {
    expectOneError(await check(options), message, place);
  });
});
