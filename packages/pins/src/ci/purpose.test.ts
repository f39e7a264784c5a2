import { describe, expect, test } from "@jest/globals";
import { MemoryRepository } from "../testing/memory-repository.ts";
import { readJobs } from "./read-jobs.ts";

interface Job {
  readonly file?: string;
  readonly name?: string;
  readonly on?: string;
  readonly job?: string;
  readonly steps: readonly string[];
}

function purpose({ file = "release.yml", name = "", on = "push", job = "build", steps }: Job): string | undefined {
  const lines = steps.map((step) => `      - ${step.startsWith("uses:") ? step : `run: ${step}`}\n`);
  const text = `name: ${name}\non: ${on}\njobs:\n  ${job}:\n    runs-on: ubuntu-latest\n    steps:\n${lines.join("")}`;
  return readJobs(new MemoryRepository({ [`.github/workflows/${file}`]: text }))[0]?.purpose;
}

describe("in a workflow that releases", () => {
  test.each([
    "cargo build --release",
    "cargo b -r",
    "cargo --locked build --release",
    "cargo +1.95.0 build --release",
    "~/.cargo/bin/cargo build --release",
    "cargo rustc --release -- -C lto",
    "cargo install --path .",
    "cargo zigbuild --release",
    "cargo auditable build --release",
    "cargo dist build",
    "cargo deb",
    "cargo generate-rpm",
    "cargo bundle --release",
    "cargo lipo --release",
    "cargo ndk -t arm64-v8a build --release",
    "cargo xtask dist",
    "cargo make release",
    "cargo wix",
    "cargo packager --release",
    "cargo chef cook --release",
    "cargo cross build",
    "cargo tauri build",
    "cargo lambda build",
    "cargo component build",
    "cargo xwin build",
    "cross build --release --target aarch64-unknown-linux-gnu",
    "dist build --artifacts=local",
    "cargo-dist build",
    "maturin build --release",
    "wasm-pack build",
    "make release",
    "just lint dist",
    "make -j4 build",
    "make package",
    "uses: PyO3/maturin-action@v1",
    "uses: taiki-e/upload-rust-binary-action@v1",
  ])("a job with `%s` builds what is shipped", (step) => {
    expect(purpose({ steps: [step] })).toBe("ships");
  });

  test.each([
    "cargo test --release",
    "cargo fetch",
    "cargo metadata --format-version 1",
    "cargo",
    "echo cargo build",
    "dist plan",
    "maturin develop",
    "wasm-pack test --node",
    "cargo-dist manifest",
    "twine upload dist/*",
    "make test",
    "ninja build",
    "makeinfo docs/release.texi",
    "uses: actions/checkout@v4",
    "uses: softprops/action-gh-release@v2",
  ])("a job with only `%s` does not", (step) => {
    expect(purpose({ steps: [step] })).toBe("checks");
  });
});

describe("in any workflow, a job ships what it builds and publishes", () => {
  const build = "cargo build --release";

  test.each([
    "gh release create v1 target/release/app",
    "gh release upload v1 target/release/app",
    "cargo publish",
    "npm publish",
    "twine upload dist/*",
    "docker push ghcr.io/o/app",
    "dist build",
    "cargo dist build",
    "uses: softprops/action-gh-release@v2",
    "uses: ncipollo/release-action@v1",
    "uses: pypa/gh-action-pypi-publish@release/v1",
  ])("by `%s`", (step) => {
    expect(purpose({ file: "ci.yml", steps: [build, step] })).toBe("ships");
  });

  test.each([
    "gh release view v1",
    "echo gh release create v1",
    "docker pull x",
    "uses: me/not-softprops/action-gh-release@v2",
  ])("and not by `%s`", (step) => {
    expect(purpose({ file: "ci.yml", steps: [build, step] })).toBe("checks");
  });
});

describe("the names of a workflow and of a job, and its triggers, give its purpose", () => {
  test.each<[string, Omit<Job, "steps">]>([
    ["publish-binaries.yaml", { file: "publish-binaries.yaml" }],
    ["only its name", { file: "main.yml", name: "Nightly build and deploy" }],
    ["words that are joined differently", { file: "CreateRelease.yml" }],
    ["tags", { file: "main.yml", on: "{ push: { tags: ['v*'] } }" }],
    ["a release", { file: "main.yml", on: "{ release: { types: [published] } }" }],
    ["a list of events", { file: "main.yml", on: "[workflow_dispatch, release]" }],
    ["checks that end in a release", { file: "test-release.yml", job: "publish" }],
  ])("ships: %s", (_name, job) => {
    expect(purpose({ ...job, steps: ["cargo build --release"] })).toBe("ships");
  });

  test.each<[string, Omit<Job, "steps">]>([
    ["every push", { file: "main.yml", on: "{ push: { branches: [main] } }" }],
    ["a job of tests", { job: "test" }],
    ["a job whose id joins words", { job: "run-clippy" }],
    ["checks of a release", { file: "test-release.yml" }],
    ["checks that also run on tags", { file: "ci.yml", name: "Tests", on: "{ push: { tags: ['v*'] } }" }],
    ["a word inside another one", { file: "unreleased.yml" }],
  ])("checks: %s", (_name, job) => {
    expect(purpose({ ...job, steps: ["cargo build --release"] })).toBe("checks");
  });
});
