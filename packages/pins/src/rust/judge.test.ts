// biome-ignore-all lint/suspicious/noTemplateCurlyInString: The strings contain variables of Dockerfiles.
import { describe, expect, test } from "@jest/globals";
import { checkFiles } from "../testing/check-files.ts";

const toolchain = (channel: string) => ({ "rust-toolchain.toml": `[toolchain]\nchannel = "${channel}"\n` });
const crate = (rustVersion?: string) => ({
  "Cargo.toml": `[package]\nname = "app"\nversion = "1.0.0"\n${rustVersion === undefined ? "" : `rust-version = "${rustVersion}"\n`}`,
});
const workflow = (name: string, job: string, ...steps: string[]) => ({
  [`.github/workflows/${name}`]: `on: push\njobs:\n  ${job}:\n    steps:\n${steps.map((step) => `      - ${step}\n`).join("")}`,
});
/** The findings for files with a Rust release next to a toolchain file and a `rust-version`. */
const judged = async (channel: string | undefined, files: Readonly<Record<string, string>>, rustVersion?: string) =>
  await checkFiles({ ...crate(rustVersion), ...(channel === undefined ? {} : toolchain(channel)), ...files });

const BUILD = "run: cargo build --release";
const ci = (...steps: string[]) => workflow("ci.yml", "test", ...steps);
const release = (...steps: string[]) => workflow("release.yml", "build", BUILD, ...steps);
const docker = (text: string, file = "Dockerfile") => ({ [file]: text });

const THERE = '"1.95.0" at rust-toolchain.toml:2';

describe("with a release in the toolchain file, checks", () => {
  test.each<[string, Record<string, string>, string[]]>([
    ["the same release", ci("run: rustup default 1.95.0"), []],
    ["the same release, shorter", ci("run: rustup default 1.95"), []],
    [
      "another release in a check's variable",
      ci("uses: a/b@v1\n        with: { toolchain: 1.94.0 }"),
      [`error .github/workflows/ci.yml:6: "1.94.0" here, ${THERE}`],
    ],
    [
      "another release in a check's command, which names it explicitly",
      ci("run: cargo +1.94.0 test"),
      [`warning .github/workflows/ci.yml:5: "1.94.0" here, ${THERE}`],
    ],
    [
      "another release in a command that builds what is shipped",
      release("run: cargo +1.94.0 build"),
      [`error .github/workflows/release.yml:6: "1.94.0" here, ${THERE}`],
    ],
    ["an image of another release", docker("FROM rust:1.94-slim\n"), [`error Dockerfile:1: "1.94" here, ${THERE}`]],
    [
      "an image of another release for checks",
      docker("FROM rust:1.94-slim\n", "ci/Dockerfile"),
      [`warning ci/Dockerfile:1: "1.94" here, ${THERE}`],
    ],
    [
      "a variable in the tag of an image",
      docker("ARG RUST_VERSION=1.94.0\nFROM rust:${RUST_VERSION}-slim\nRUN cargo build\n"),
      [`error Dockerfile:1: "1.94.0" here, ${THERE}`],
    ],
    [
      "a pipeline with another release",
      { ".gitlab-ci.yml": "variables:\n  RUST_VERSION: 1.94.0\n" },
      [`error .gitlab-ci.yml:2: "1.94.0" here, ${THERE}`],
    ],
    ["several releases at once", ci("run: rustup toolchain install 1.80.0 1.81.0"), []],
    ["a nightly in a check", ci("run: cargo +nightly-2026-10-01 test"), []],
    [
      "a nightly that builds what is shipped",
      release("run: cargo +nightly-2026-10-01 build"),
      [`error .github/workflows/release.yml:6: "nightly-2026-10-01" here, ${THERE}`],
    ],
    [
      "a nightly that a release installs and does not use",
      release("run: rustup default nightly-2026-10-01"),
      [`warning .github/workflows/release.yml:6: "nightly-2026-10-01" here, ${THERE}`],
    ],
    ["the newest nightly in a check", ci("run: cargo +nightly test"), []],
    ["the newest beta in a check", ci("run: cargo +beta test"), []],
    [
      "the newest stable in a check",
      ci("run: cargo +stable test"),
      [`warning .github/workflows/ci.yml:5: "stable" here, ${THERE}`],
    ],
    [
      "the newest stable that builds what is shipped",
      release("run: cargo +stable build"),
      [`error .github/workflows/release.yml:6: "stable" here, ${THERE}`],
    ],
    [
      "the newest nightly that builds what is shipped",
      release("run: cargo +nightly build"),
      [`error .github/workflows/release.yml:6: "nightly" here, ${THERE}`],
    ],
    [
      "the newest stable that is installed and not used",
      ci("uses: dtolnay/rust-toolchain@stable"),
      [
        `warning .github/workflows/ci.yml:5: "stable" here, ${THERE}: rustup prefers the toolchain file, so this release is installed but not used; name the same release, or remove it here`,
      ],
    ],
    [
      "an image with a floating tag",
      docker("FROM rust:slim\nRUN cargo build\n"),
      [
        `error Dockerfile:1: "rust:slim" here moves with every release of Rust, and ${THERE.replace(" at", " is pinned at")}: name that release here too`,
      ],
    ],
    [
      "an image for checks with a floating tag",
      docker("FROM rust:slim\nRUN cargo build\n", "ci/Dockerfile"),
      [`warning ci/Dockerfile:1: "rust:slim" here, ${THERE}`],
    ],
    ["an image with a floating tag that does not use Rust", docker("FROM rust:slim\nRUN true\n"), []],
    [
      "a floating variable of a Dockerfile",
      docker("FROM debian:12\nENV RUST_VERSION=stable\nRUN cargo build\n"),
      [
        `error Dockerfile:2: "stable" here moves with every release of Rust, and ${THERE.replace(" at", " is pinned at")}: name that release here too`,
      ],
    ],
  ])("%s", async (_name, files, expected) => {
    expect((await judged("1.95.0", files)).findings).toEqual(expected);
  });

  test("compares a check of the oldest supported Rust with rust-version", async () => {
    const msrv = (version: string) => workflow("ci.yml", "msrv", `run: cargo +${version} check`);
    expect((await judged("1.95.0", msrv("1.80.0"), "1.80")).findings).toEqual([]);
    expect((await judged("1.95.0", msrv("1.79.0"), "1.80")).findings).toEqual([
      'warning .github/workflows/ci.yml:5: "1.79.0" here is for the oldest supported Rust, and `rust-version` is "1.80" at Cargo.toml:4: make them equal',
    ]);
    expect((await judged("1.95.0", msrv("1.79.0"))).findings).toEqual([]);
    expect((await judged("1.95.0", msrv("stable"), "1.80")).findings).toEqual([]);
  });

  test("`only` counts a check of the oldest supported Rust as one of rust-version", async () => {
    const files = { ...crate("1.80"), ...workflow("ci.yml", "msrv", "run: cargo +1.79.0 check") };
    expect((await checkFiles(files, { only: ["rust-version"] })).findings).toHaveLength(1);
    expect((await checkFiles(files, { only: ["images"] })).findings).toEqual([]);
  });

  test("accepts the release of rust-version in a check, but not in an image or a job that ships", async () => {
    const variable = "uses: a/b@v1\n        with: { toolchain: 1.80.0 }";
    expect((await judged("1.95.0", { ...ci(variable), ...docker("FROM rust:1.95.0\n") }, "1.80")).findings).toEqual([]);
    expect((await judged("1.95.0", release(variable), "1.80")).findings).toHaveLength(1);
    expect((await judged("1.95.0", docker("FROM rust:1.80\n", "ci/Dockerfile"), "1.80")).findings).toHaveLength(1);
  });

  test("writes the release of the file with the previous precision", async () => {
    const { fixed } = await judged("1.95.0", {
      ...docker("FROM rust:1.94-slim\n"),
      ...release("run: cargo +nightly build", "run: cargo +1.94.0 build"),
    });
    expect(fixed["Dockerfile"]).toBe("FROM rust:1.95-slim\n");
    expect(fixed[".github/workflows/release.yml"]).toContain(
      "run: cargo +1.95.0 build\n      - run: cargo +1.95.0 build",
    );
  });
});

describe("with a nightly in the toolchain file, checks", () => {
  const NIGHTLY = '"nightly-2026-10-01" at rust-toolchain.toml:2';

  test.each<[string, Record<string, string>, string[]]>([
    ["the same nightly", release("run: cargo +nightly-2026-10-01 build"), []],
    [
      "another nightly",
      ci("run: cargo +nightly-2026-09-01 test"),
      [`warning .github/workflows/ci.yml:5: "nightly-2026-09-01" here, ${NIGHTLY}`],
    ],
    [
      "another nightly for a task that requires a nightly",
      workflow("ci.yml", "miri", "run: cargo +nightly-2026-09-01 build"),
      [],
    ],
    [
      "the newest nightly for a task that requires a nightly",
      workflow("ci.yml", "fuzz", "run: cargo +nightly build"),
      [],
    ],
    ["the newest nightly in a check", ci("run: cargo +nightly test"), []],
    [
      "the newest nightly in a job that ships",
      release("run: cargo +nightly build"),
      [`error .github/workflows/release.yml:6: "nightly" here, ${NIGHTLY}`],
    ],
    [
      "the newest nightly in a job that ships for many systems",
      workflow("release.yml", "build-cross", BUILD, "run: cargo +nightly build"),
      [],
    ],
    [
      "a release",
      release("run: cargo +1.95.0 build"),
      [`warning .github/workflows/release.yml:6: "1.95.0" here, ${NIGHTLY}`],
    ],
  ])("%s", async (_name, files, expected) => {
    expect((await judged("nightly-2026-10-01", files)).findings).toEqual(expected);
  });
});

describe("with a floating toolchain file, checks", () => {
  const PINNED = 'warning rust-toolchain.toml:2: "stable" is not pinned: expected a full version, commit or date';

  test.each<[string, Record<string, string>, string[]]>([
    [
      "a release that is older than the crates require",
      release("run: cargo +1.79.0 build"),
      [
        'warning .github/workflows/release.yml:6: "1.79.0" here, "stable" at rust-toolchain.toml:2, which moves: name a release in the toolchain file',
      ],
    ],
    ["the release that the crates require, in a check", ci("run: cargo +1.80.0 test"), []],
    [
      "the release that the crates require, in a job that ships",
      release("run: cargo +1.80.0 build"),
      [
        'warning .github/workflows/release.yml:6: "1.80.0" here, "stable" at rust-toolchain.toml:2, which moves: name a release in the toolchain file',
      ],
    ],
    ["a channel", release("run: cargo +nightly build"), []],
  ])("%s", async (_name, files, expected) => {
    expect((await judged("stable", files, "1.80")).findings).toEqual([...expected, PINNED]);
  });
});

describe("without a toolchain file, checks", () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      "a release below rust-version",
      release("run: cargo +1.79.0 build"),
      [
        'error .github/workflows/release.yml:6: "1.79.0" here, and `rust-version` at Cargo.toml:4 asks for "1.80" or newer',
      ],
    ],
    [
      "a check below rust-version",
      ci("run: cargo +1.79.0 test"),
      [
        'warning .github/workflows/ci.yml:5: "1.79.0" here, and `rust-version` at Cargo.toml:4 asks for "1.80" or newer',
      ],
    ],
    ["rust-version itself", release("run: cargo +1.80.0 build"), []],
    ["a channel", release("run: cargo +stable build"), []],
    ["one of several", ci("run: rustup toolchain install 1.70.0 1.79.0"), []],
    [
      "a check of the oldest supported Rust with another release",
      workflow("ci.yml", "msrv", "run: cargo +1.81.0 check"),
      [
        'warning .github/workflows/ci.yml:5: "1.81.0" here is for the oldest supported Rust, and `rust-version` is "1.80" at Cargo.toml:4: make them equal',
      ],
    ],
  ])("%s", async (_name, files, expected) => {
    expect((await judged(undefined, files, "1.80")).findings).toEqual(expected);
  });

  test("raises a release in a job that ships to rust-version", async () => {
    const { fixed } = await judged(undefined, release("run: cargo +1.79.0 build"), "1.80");
    expect(fixed[".github/workflows/release.yml"]).toContain("cargo +1.80 build");
  });

  test("compares differing places with the newest release", async () => {
    const files = {
      ...docker("FROM rust:1.90.0\n"),
      ...ci("run: cargo +1.91.0 test", "run: rustup toolchain install 1.70.0 1.79.0"),
      "mise.toml": '[tools]\nrust = "1.91"\n',
    };
    expect((await judged(undefined, files)).findings).toEqual([
      'warning Dockerfile:1: Rust "1.90.0" here, "1.91.0" at .github/workflows/ci.yml:5: use one of them, or name it once in rust-toolchain.toml',
    ]);
  });

  test("allows such a difference with an exception for `newest`", async () => {
    const files = {
      ...docker("FROM rust:1.90.0\n"),
      ...ci("run: cargo +1.91.0 test"),
      "pins.yml": "detect: true\nexceptions:\n  - { fact: newest, reason: it is old }\n",
    };
    expect((await checkFiles({ ...crate(), ...files }, { config: "pins.yml" })).findings).toEqual([
      expect.stringMatching(/^notice Dockerfile:1: Rust "1.90.0" here, .* \(allowed: it is old\)$/),
    ]);
  });

  test.each(["clippy", "lint", "docs", "fuzz", "coverage"])("lets a job for %s use its own Rust", async (id) => {
    const files = { ...docker("FROM rust:1.91.0\n"), ...workflow("ci.yml", id, "run: cargo +1.90.0 x") };
    expect((await judged(undefined, files)).findings).toEqual([]);
  });

  test("does not let a job that ships use its own Rust, whatever its name", async () => {
    const files = {
      ...docker("FROM rust:1.91.0\n"),
      ...workflow("release.yml", "publish-docs", BUILD, "run: cargo publish", "run: cargo +1.90.0 build"),
    };
    expect((await judged(undefined, files)).findings).toHaveLength(1);
  });

  test("ignores examples and tests", async () => {
    const files = { ...docker("FROM rust:1.91.0\n"), ...docker("FROM rust:1.80.0\n", "examples/a/Dockerfile") };
    expect((await judged(undefined, files)).findings).toEqual([]);
  });
});

describe("several toolchain files", () => {
  test("differ in one folder", async () => {
    expect((await judged("1.95.0", { "rust-toolchain": "1.94.0\n" })).findings).toEqual([
      'error rust-toolchain.toml:2: "1.95.0" here, "1.94.0" at rust-toolchain:1, which is the one that rustup reads: remove one of the files',
    ]);
    expect((await judged("1.95.0", { "rust-toolchain": "1.95.0\n" })).findings).toEqual([]);
    expect((await judged("1.95.0", { "other/rust-toolchain": "1.94.0\n" })).findings).toEqual([]);
  });

  test("differ for a crate of the workspace", async () => {
    const files = {
      "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n',
      ...Object.fromEntries(
        ["a", "b"].map((name) => [`${name}/Cargo.toml`, `[package]\nname = "${name}"\nversion = "1.0.0"\n`]),
      ),
      ...toolchain("1.95.0"),
    };
    const message =
      '"1.94.0" at rust-toolchain.toml:2: crates of one workspace are compiled with the one or the other, depending on the folder where cargo is started';
    expect((await checkFiles({ ...files, "a/rust-toolchain": "1.93.0\n" })).findings).toEqual([
      `warning a/rust-toolchain:1: "1.93.0" here, ${message.replace("1.94.0", "1.95.0")}`,
    ]);
    for (const same of ["1.95\n", "nightly-2026-10-01\n", "esp\n"])
      expect((await checkFiles({ ...files, "a/rust-toolchain": same })).findings).toEqual([]);
  });
});
