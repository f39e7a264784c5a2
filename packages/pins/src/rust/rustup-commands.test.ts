import { describe, expect, test } from "@jest/globals";
import { commandsOf } from "@release-actions/shell";
import { toolchainsIn } from "./rustup-commands.ts";

/** Each toolchain that a script names, with its properties. */
function named(script: string): string[] {
  return commandsOf(script).flatMap(({ words }) =>
    toolchainsIn(words).map(({ word, skip, yieldsToFile, installs }) => {
      const name = (word.value ?? word.text).slice(skip);
      return [name, ...(yieldsToFile ? ["yields"] : []), ...(installs ? ["installs"] : [])].join(" ");
    }),
  );
}

describe("toolchainsIn", () => {
  test.each<[string, string[]]>([
    ["cargo +1.80.0 build", ["1.80.0"]],
    ["cargo '+1.80.0' build", []],
    ['cargo "+1.80.0" build', ["1.80.0"]],
    ["rustc +1.80.0 --version", ["1.80.0"]],
    ["cross +nightly build", ["nightly"]],
    ["rustfmt +nightly src/lib.rs", ["nightly"]],
    ["rustdoc +nightly", ["nightly"]],
    ["cargo-clippy +1.80.0", ["1.80.0"]],
    ["clippy-driver +1.80.0", ["1.80.0"]],
    ["/root/.cargo/bin/cargo +1.80.0 build", ["1.80.0"]],
    ["cargo build", []],
    ["cargo", []],
    ["cargo build +1.80.0", []],
    ["date +1.80.0", []],
    ["rustup toolchain install 1.80.0", ["1.80.0 yields"]],
    ["rustup toolchain add 1.80.0", ["1.80.0 yields"]],
    ["rustup toolchain update stable", ["stable yields"]],
    ["rustup install 1.80.0", ["1.80.0 yields"]],
    ["rustup update stable", ["stable yields"]],
    ["rustup default 1.80.0", ["1.80.0 yields"]],
    ["rustup override set 1.80.0", ["1.80.0"]],
    ["rustup run 1.80.0 cargo build", ["1.80.0"]],
    ["rustup run nightly 1.80.0", ["nightly"]],
    ["rustup target add x86_64-unknown-linux-musl", []],
    ["rustup component add clippy", []],
    ["rustup toolchain list", []],
    ["rustup show", []],
    ["rustup", []],
    ["curl https://sh.rustup.rs | sh -s -- -y --default-toolchain 1.80.0 --profile minimal", ["1.80.0 yields"]],
    ["./rustup-init -y --default-toolchain=1.80.0", ["1.80.0 yields"]],
    ["./rustup-init --default-toolchain", []],
    ["./rustup-init -y", []],
    ["echo 'add --default-toolchain=1.80.0 to the command'", []],
  ])("reads `%s`", (script, expected) => {
    expect(named(script)).toEqual(expected);
  });

  test.each(["install", "binstall", "fmt", "doc", "rustdoc", "miri", "fuzz", "udeps", "public-api", "semver-checks"])(
    "does not count the compiler of `cargo +nightly %s` as the product's",
    (command) => {
      expect(named(`cargo +nightly ${command} x`)).toEqual(["nightly installs"]);
    },
  );

  test.each(["docs-rs", "hfuzz", "build"])("counts the compiler of `cargo +nightly %s` as the product's", (command) => {
    expect(named(`cargo +nightly ${command}`)).toEqual(["nightly"]);
  });

  test.each([
    "--profile minimal",
    "--component clippy",
    "-c rustfmt",
    "--target wasm32-unknown-unknown",
    "-t wasm32-unknown-unknown",
    "--path .",
    "--default-host x86_64-pc-windows-gnu",
    "--default-toolchain none",
    "--toolchain 1.70.0",
    "--no-self-update",
  ])("does not read the value of %s as a toolchain", (option) => {
    expect(named(`rustup toolchain install ${option} 1.80.0`)).toEqual(["1.80.0 yields"]);
    expect(named(`rustup toolchain install 1.80.0 ${option}`)).toEqual(["1.80.0 yields"]);
  });

  test("marks toolchains that are installed together", () => {
    expect(named("rustup toolchain install 1.80.0 nightly")).toEqual([
      "1.80.0 yields installs",
      "nightly yields installs",
    ]);
  });
});

test("finds no toolchain in `rustup override unset --path x`", () => {
  expect(named("rustup override unset --path x")).toEqual([]);
  expect(named("rustup override list")).toEqual([]);
});
