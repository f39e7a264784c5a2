// biome-ignore-all lint/suspicious/noTemplateCurlyInString: The strings contain variables of Dockerfiles.
import { describe, expect, test } from "@jest/globals";
import { describePlace } from "../testing/describe-place.ts";
import { MemoryRepository } from "../testing/memory-repository.ts";
import { dockerPlaces } from "./docker-places.ts";

const places = (text: string, file = "Dockerfile"): string[] =>
  dockerPlaces(new MemoryRepository({ [file]: text })).map((place) =>
    describePlace(place).replace(`at ${file}: Dockerfile toolchain, `, "").replace(`at ${file}:`, "at "),
  );

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("dockerPlaces", () => {
  test.each<[string, string, string[]]>([
    [
      "an ARG above the stages",
      "ARG RUST_VERSION=1.80.0\nFROM rust:${RUST_VERSION}\n",
      ["1.80.0 at 1: Dockerfile toolchain, ships, yields to the file"],
    ],
    [
      "an ARG and an ENV of a stage",
      "FROM debian:12\nARG RUST_TOOLCHAIN=1.80.0\nENV RUSTUP_TOOLCHAIN=1.81.0\n",
      ["1.80.0 at 2: Dockerfile toolchain, ships, yields to the file", "1.81.0 at 3: Dockerfile toolchain, ships"],
    ],
    [
      "a variable that a later stage inherits, once",
      "FROM debian:12 AS a\nENV RUST_VERSION=1.80.0\nFROM a\nRUN true\n",
      ["1.80.0 at 2: Dockerfile toolchain, ships, yields to the file"],
    ],
    ["a variable without a value", "ARG RUST_VERSION\nFROM rust:${RUST_VERSION}\n", []],
    ["a variable for something else", "FROM debian:12\nENV NODE_VERSION=1.80.0 RUST_LOG=1.80.0\n", []],
    ["a value that is not a release", "FROM debian:12\nENV RUST_VERSION=none\n", []],
    [
      "a command",
      "FROM debian:12\nRUN rustup default 1.80.0 && cargo +1.81.0 build\n",
      ["1.80.0 at 2: Dockerfile toolchain, ships, yields to the file", "1.81.0 at 2: Dockerfile toolchain, ships"],
    ],
    [
      "several toolchains that a command installs",
      "FROM debian:12\nRUN rustup toolchain install 1.80.0 nightly\n",
      [
        "1.80.0 at 2: Dockerfile toolchain, ships, yields to the file, one of several",
        "nightly at 2: Dockerfile toolchain, ships, yields to the file, one of several",
      ],
    ],
    [
      "a command with an option and value in one word",
      "FROM debian:12\nRUN curl https://sh.rustup.rs | sh -s -- -y --default-toolchain=1.80.0\n",
      ["1.80.0 at 2: Dockerfile toolchain, ships, yields to the file"],
    ],
    [
      "a command with a variable of the stage",
      'FROM debian:12\nARG WANTED=1.80.0\nENV NEXT=1.81.0\nRUN rustup default $WANTED && rustup default "${NEXT}"\n',
      [
        "1.80.0 at 2: Dockerfile toolchain, ships, yields to the file",
        "1.81.0 at 3: Dockerfile toolchain, ships, yields to the file",
      ],
    ],
    [
      "a command with a variable and more in one word",
      'FROM debian:12\nARG WANTED=1.80.0\nRUN rustup default "$WAN"TED\n',
      [],
    ],
    ["a command with an unset variable", "FROM debian:12\nARG WANTED\nRUN rustup default $WANTED\n", []],
    ["a command with more than a variable", "FROM debian:12\nARG V=80\nRUN rustup default 1.$V.0\n", []],
  ])("reads %s", (_name, text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  test.each<[string, string]>([
    ["docker/Dockerfile", "ships, yields to the file, in docker"],
    ["build/release/app.Dockerfile", "ships, yields to the file, in build/release"],
    ["ci/Dockerfile", "checks, yields to the file, in ci"],
    ["Dockerfile.test", "checks, yields to the file"],
    [".devcontainer/Dockerfile", "develops, yields to the file, in .devcontainer"],
    ["Containerfile", "ships, yields to the file"],
  ])("in %s: %s", (file, expected) => {
    expect(places("FROM debian:12\nENV RUST_VERSION=1.80.0\n", file)).toEqual([
      `1.80.0 at 2: Dockerfile toolchain, ${expected}`,
    ]);
  });

  test.each([
    ['CMD ["cargo", "test"]', "checks"],
    ["ENTRYPOINT cargo run", "checks"],
    ['CMD ["app", "cargo"]', "ships"],
    ["CMD cargo-app", "checks"],
    ["CMD mycargo", "ships"],
    ["RUN cargo build", "ships"],
  ])("a container that starts with %s %s", (command, use) => {
    expect(places(`FROM debian:12\nENV RUST_VERSION=1.80.0\n${command}\n`)).toEqual([
      `1.80.0 at 2: Dockerfile toolchain, ${use}, yields to the file`,
    ]);
  });

  test("ignores the start command of a stage before the last", () => {
    expect(places('FROM rust AS a\nCMD ["cargo", "run"]\nFROM debian:12\nENV RUST_VERSION=1.80.0\n')).toEqual([
      "1.80.0 at 4: Dockerfile toolchain, ships, yields to the file",
    ]);
  });

  test("can rewrite a variable, unless it is part of the tag of an image with a digest", () => {
    const site = (image: string) =>
      dockerPlaces(new MemoryRepository({ Dockerfile: `ARG RUST_VERSION=1.80.0\nFROM ${image}\n` }))[0]?.site;
    expect(site("rust:${RUST_VERSION}")?.rewrite?.("1.81.0")).toEqual([{ start: 20, end: 21, text: "1" }]);
    expect(site(`rust:\${RUST_VERSION}@${DIGEST}`)).toMatchObject({ value: "1.80.0" });
    expect(site(`rust:\${RUST_VERSION}@${DIGEST}`)?.rewrite).toBeUndefined();
  });
});
