import { describe, expect, test } from "@jest/globals";
import { describePlace } from "../testing/describe-place.ts";
import { MemoryRepository } from "../testing/memory-repository.ts";
import { filePlaces } from "./file-places.ts";

const places = (file: string, text: string): string[] =>
  filePlaces(new MemoryRepository({ [file]: text })).map((place) => describePlace(place).replace(`${file}:`, ""));

describe("filePlaces", () => {
  test.each<[string, string, string[]]>([
    ["mise.toml", '[tools]\nrust = "1.80.0"\n', ["1.80.0 at 2: mise, develops, yields to the file"]],
    [".mise.toml", '[tools]\nrust = "1.80.0"\n', ["1.80.0 at 2: mise, develops, yields to the file"]],
    [
      ".config/mise/config.toml",
      '[tools.rust]\nversion = "1.80.0"\nprofile = "minimal"\n',
      ["1.80.0 at 2: mise, develops, yields to the file, in .config/mise"],
    ],
    ["mise.toml", '[tools]\nrust = ["1.80.0", "nightly"]\nnode = "1.80.0"\n', []],
    ["mise.toml", '[tools]\nrust = { profile = "minimal" }\n', []],
    ["promise.toml", '[tools]\nrust = "1.80.0"\n', []],
    [
      ".tool-versions",
      "nodejs 20.0.0\nrust 1.80.0\nrust-analyzer 1.81.0\n",
      ["1.80.0 at 2: tool version, develops, yields to the file"],
    ],
    ["app/.tool-versions", "rust\t1.80.0\n", ["1.80.0 at 1: tool version, develops, yields to the file, in app"]],
    ["clippy.toml", 'msrv = "1.70.0"\n', ["1.70.0 at 1: clippy msrv, checks, msrv"]],
    ["crates/a/.clippy.toml", 'msrv = "1.70.0"\n', ["1.70.0 at 1: clippy msrv, checks, msrv, in crates/a"]],
    ["clippy.toml", "too-many-lines-threshold = 100\n", []],
    [
      "docker-bake.hcl",
      'variable "RUST_VERSION" {\n  default = "1.80.0"\n}\ntarget "app" {\n  args = {\n    RUST_TOOLCHAIN = "1.81.0"\n  }\n}\n',
      ["1.81.0 at 6: docker-bake, ships, yields to the file", "1.80.0 at 2: docker-bake, ships, yields to the file"],
    ],
    ["docker-bake.hcl", 'args = {\n  RUST_VERSION = "${RUST_VERSION}"\n  TRUST_VERSION = "1.2.3"\n}\n', []],
    [
      ".devcontainer/devcontainer.json",
      '{\n  // with comments\n  "features": {\n    "ghcr.io/devcontainers/features/rust:1": { "profile": "minimal",\n      "version": "1.80.0" }\n  }\n}\n',
      ["1.80.0 at 5: devcontainer, develops, yields to the file, in .devcontainer"],
    ],
    [
      ".devcontainer.json",
      '{ "features": { "ghcr.io/devcontainers/features/node:1": { "version": "1.80.0" } } }\n',
      [],
    ],
    [
      "dist-workspace.toml",
      '[dist]\nrust-toolchain-version = "1.80.0"\n',
      ["1.80.0 at 2: dist rust-toolchain-version, ships"],
    ],
    [
      "Cargo.toml",
      '[workspace.metadata.dist]\nrust-toolchain-version = "1.80.0"\n',
      ["1.80.0 at 2: dist rust-toolchain-version, ships"],
    ],
    ["dist.toml", '[dist]\nci = "github"\n', []],
    [
      ".gitlab-ci.yml",
      "variables:\n  RUST_VERSION: 1.80.0\n  rust: 1.70.0\ntest:\n  script:\n    - rustup default 1.81.0\n    - cargo +1.82.0 test\n",
      [
        "1.80.0 at 2: pipeline toolchain, checks, yields to the file",
        "1.81.0 at 6: pipeline toolchain, checks, yields to the file",
        "1.82.0 at 7: pipeline toolchain, checks",
      ],
    ],
    [
      ".circleci/config.yml",
      "jobs:\n  test:\n    steps:\n      - checkout\n      - run: cargo +1.80.0 test\n      - run:\n          name: cargo +1.70.0 test\n          command: |\n            rustup toolchain install 1.81.0 nightly\n",
      [
        "1.80.0 at 5: pipeline toolchain, checks, in .circleci",
        "1.81.0 at 9: pipeline toolchain, checks, yields to the file, one of several, in .circleci",
        "nightly at 9: pipeline toolchain, checks, yields to the file, one of several, in .circleci",
      ],
    ],
    [
      ".travis.yml",
      "rust: 1.80.0\nbefore_script: rustup default 1.81.0\nafter_script: [echo done]\n",
      ["1.81.0 at 2: pipeline toolchain, checks, yields to the file"],
    ],
    [
      "bitbucket-pipelines.yml",
      "pipelines:\n  default:\n    - step:\n        name: cargo +1.70.0 build\n        script:\n          - cargo +1.80.0 build\n",
      ["1.80.0 at 6: pipeline toolchain, checks"],
    ],
    [
      "azure-pipelines.yml",
      "steps:\n  - bash: rustup default 1.80.0\n    displayName: rustup default 1.70.0\n  - task: X\n    inputs: { version: 3 }\n",
      ["1.80.0 at 2: pipeline toolchain, checks, yields to the file"],
    ],
    ["azure-pipelines.yml", "steps:\n  - bashEnvValue: rustup default 1.80.0\n", []],
    ["examples/.gitlab-ci.yml", "variables:\n  RUST_VERSION: 1.80.0\n", []],
    [
      "justfile",
      "rust := '1.70'\n\ntest:\n    @cargo +1.80.0 test\n    rustup default 1.81.0\n    # rustup default 1.60.0\n    cargo +{{rust}} test\n    cargo build\nrustup default 1.50.0\n",
      ["1.80.0 at 4: task, develops", "1.81.0 at 5: task, develops, yields to the file"],
    ],
    [
      "Makefile",
      "all:\n\t-cargo +nightly fmt\n\tcargo +stable build $(FLAGS) +1.2.3\n\tdate +1.70.0\n",
      ["nightly at 2: task, develops, one of several", "stable at 3: task, develops"],
    ],
    ["tools/build.mk", "x:\n\trustup run 1.80.0 cargo build\n", ["1.80.0 at 2: task, develops, in tools"]],
    ["README.md", "    rustup default 1.80.0\n", []],
  ])("reads %s: %j", (file, text, expected) => {
    expect(places(file, text)).toEqual(expected);
  });

  test("rewrites only values that are unchanged in the file", () => {
    const place = (file: string, text: string) => filePlaces(new MemoryRepository({ [file]: text }))[0]?.site;
    const text = "test:\n    @cargo +1.80.0 test\n";
    expect(place("justfile", text)?.rewrite?.("1.81.0")).toEqual({
      start: text.indexOf("1.80.0"),
      end: text.indexOf("1.80.0") + 6,
      text: "1.81.0",
    });
    const folded = "test:\n  script:\n    - >-\n      cargo +1.80.0\n      test\n";
    expect(place(".gitlab-ci.yml", folded)).toMatchObject({ value: "1.80.0", location: { line: 3 } });
    expect(place(".gitlab-ci.yml", folded)?.rewrite).toBeUndefined();
  });
});
