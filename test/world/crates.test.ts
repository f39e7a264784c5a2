import { copyFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { FileTree } from "@release-actions/example-product";
import { checkPins, NO_HISTORY, placeOf, Repository } from "@release-actions/pins";
import { bringCrate, type CratePin, sample } from "./bring.ts";

interface Judged extends CratePin {
  /** The disagreements that a person found, as `severity place`. */
  readonly findings?: readonly string[];
  /** The reasons why files cannot be read. Mostly, workspace members are not in the crate's archive, and cargo stops, too. */
  readonly unread?: readonly RegExp[];
}

/** Crates whose archives contain a toolchain file, a cargo configuration, deny.toml or workflows. */
const CRATES: readonly Judged[] = [
  // The toolchain file adds a component and leaves the channel to rustup's default.
  { name: "anyhow", version: "1.0.103", sha256: "2a4385e2e34eb35d6b3efe798b9eb88096925d87726c0798709bf56d9ed84af3" },
  {
    ...{
      name: "axoasset",
      version: "2.0.2",
      sha256: "9c29b4febc48f0e631eb24ea1895ebdb2f524a01094cf2ce87ff004a52aabab4",
    },
    // Six jobs use `dtolnay/rust-toolchain@stable`, but the toolchain file pins 1.91.
    findings: [19, 27, 37, 49, 58, 71].map((line) => `warning .github/workflows/rust.yml:${line}`),
  },
  {
    ...{
      name: "thread-id",
      version: "5.0.0",
      sha256: "99043e46c5a15af379c06add30d9c93a6c0e8849de00d244c4a2c417da128d80",
    },
    // One of its jobs installs and calls 1.70.0, but the toolchain file pins 1.60.0.
    findings: [29, 33, 37].map((line) => `warning .github/workflows/build.yml:${line}`),
  },
  {
    ...{
      name: "sharded-slab",
      version: "0.1.7",
      sha256: "f40ca3c46823713e0d4209592e8d6e826aa57e928f09752619fc696c499637f6",
    },
    // `stable` in the toolchain file is not a fixed version. The job at MSRV 1.42.0 agrees with rust-version.
    findings: ["warning rust-toolchain.toml:2"],
  },
  { name: "cfg-expr", version: "0.20.10", sha256: "9ba9e9ec16c447027685b1f897b720e18e9a8afd00bd7332c483537e38086c9f" },
  {
    ...{ name: "rasn", version: "0.20.2", sha256: "e442690f86da40561d5548e7ffb4a18af90d1c1b3536090de847ca2d5a3a6426" },
    findings: ["warning rust-toolchain:1"],
    unread: [/^Cargo.toml:16: the workspace member "macros" has no Cargo.toml/],
  },
  {
    ...{
      name: "proc-macro2",
      version: "1.0.107",
      sha256: "985e7ec9bb745e6ce6535b544d84d6cd6f7ad8bd711c398938ae983b91a766d9",
    },
    unread: [/^Cargo.toml:53: the workspace member "tests\/ui" has no Cargo.toml/],
  },
  {
    ...{
      name: "cargo-wix",
      version: "0.3.9",
      sha256: "7023fb5f51309588c35ef9323b58a805e6a9bad4be4d4e3054264fea9a1cdbad",
    },
    unread: [/^Cargo.toml:52: the workspace member "xtask" has no Cargo.toml/],
  },
  {
    ...{
      name: "serde_tokenstream",
      version: "0.2.2",
      sha256: "64060d864397305347a78851c51588fd283767e7e7589829e8121d65512340f1",
    },
    unread: [/^Cargo.toml:6: the workspace member "ui-tests" has no Cargo.toml/],
  },
  { name: "blake3", version: "1.8.7", sha256: "6d9e454fc11f76977dc803893aff6304ed33d6a26efae8696573bea74baa27ae" },
  { name: "cargo-deny", version: "0.20.2", sha256: "e528dfcbe739af7ce37a77d3d6df1b29dd6887b1c701d888820c0f16b864f737" },
  { name: "dialoguer", version: "0.12.0", sha256: "25f104b501bf2364e78d0d3974cbc774f738f5865306ed128e1e0d7499c0ad96" },
  { name: "ff", version: "0.13.0", sha256: "ded41244b729663b1e574f1b4fb731469f69f79c17667b5d776b16cda0479449" },
  { name: "tame-index", version: "0.26.3", sha256: "c51563c6639245219c077420e0a207e99b5e82e2e6bb78fd4898d42028ea7dde" },
];

describe("pins-check reads published crates", () => {
  test.each(sample(CRATES, 5).map((each) => [`${each.name} ${each.version}`, each] as const))(
    "%s",
    async (_name, each) => {
      using tree = new FileTree();
      const archive = await bringCrate(each);
      await runCommand("tar", ["-xzf", archive, "--strip-components=1", "-C", tree.root]);
      copyFileSync(tree.path("Cargo.toml.orig"), tree.path("Cargo.toml"));
      const { unread, findings } = await checkPins({
        ...{ repository: new Repository(tree.root), config: undefined, tag: undefined, only: [], today: "2026-11-20" },
        ...{ history: NO_HISTORY, inspectImage: async () => undefined, imageDigest: async () => undefined },
      });
      expect(findings.map(({ severity, follower }) => `${severity} ${placeOf(follower)}`)).toEqual(each.findings ?? []);
      expect(unread.map(({ message }) => message)).toEqual(
        (each.unread ?? []).map((reason) => expect.stringMatching(reason)),
      );
    },
    120_000,
  );
});
