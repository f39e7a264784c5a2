import { describe, expect, test } from "@jest/globals";
import type { History } from "../locate/history.ts";
import { NO_HISTORY } from "../locate/history.ts";
import { checkFiles } from "../testing/check-files.ts";

interface State {
  readonly toolchain: string;
  /** The `rust-version` of the crate, if it has one. */
  readonly minimum?: string;
}

const manifest = ({ minimum }: State, more = ""): string =>
  `[package]\nname = "app"\nversion = "1.0.0"\n${minimum === undefined ? "" : `rust-version = "${minimum}"\n`}${more}`;
const toolchainFile = ({ toolchain }: State): string => `[toolchain]\nchannel = "${toolchain}"\n`;

/** A history with these states of the files after each commit, newest first. */
function historyOf(states: readonly State[], name = "rust-toolchain.toml"): History {
  return {
    changesOf: async (files) => (files.includes(name) ? states.slice(0, -1).map((_, at) => `c${at}`) : []),
    filesAt: async (wanted) =>
      wanted.map(({ revision, file }) => {
        const at = revision === "HEAD" ? 0 : Number(/^c(\d+)\^$/.exec(revision)?.[1]) + 1;
        const state = states[at];
        if (state === undefined) return undefined;
        return file === "Cargo.toml" ? manifest(state) : toolchainFile(state);
      }),
  };
}

const state = (toolchain: string, minimum?: string): State =>
  minimum === undefined ? { toolchain } : { toolchain, minimum };

async function judged(now: State, before: readonly State[] | undefined, more = "") {
  return await checkFiles(
    { "Cargo.toml": manifest(now, more), "rust-toolchain.toml": toolchainFile(now) },
    { history: before === undefined ? NO_HISTORY : historyOf(before) },
  );
}

const BELOW =
  "Cargo.toml:4: rust-version 1.92 is a minimum below the toolchain, 1.93.0. It must be equal only if every crate is `publish = false`, if pins.yml says so, or if they always changed together.";

test("a rust-version of a workspace without crates may be below the toolchain", async () => {
  const { findings } = await checkFiles({
    "Cargo.toml": '[workspace]\nmembers = []\n[workspace.package]\nrust-version = "1.92"\n',
    "rust-toolchain.toml": toolchainFile(state("1.93.0")),
  });
  expect(findings).toEqual([]);
});

describe("a rust-version below the toolchain", () => {
  test.each<[string, readonly State[] | undefined]>([
    ["without a history", undefined],
    ["that was never changed", [state("1.93.0", "1.92")]],
    [
      "when only the toolchain changed before",
      [state("1.92.0", "1.92"), state("1.91.0", "1.92"), state("1.90.0", "1.90")],
    ],
    [
      "when only rust-version changed before",
      [state("1.92.0", "1.92"), state("1.92.0", "1.91"), state("1.91.0", "1.91")],
    ],
    ["when both changed to different values", [state("1.92.0", "1.91"), state("1.91.0", "1.90")]],
    ["that appeared with the toolchain file", [state("1.92.0", "1.92"), state("1.91.0")]],
  ])("is a minimum %s", async (_name, before) => {
    expect(await judged(state("1.93.0", "1.92"), before)).toMatchObject({ findings: [], notes: [BELOW] });
  });

  test.each<[string, readonly State[]]>([
    ["always", [state("1.92.0", "1.92"), state("1.91.0", "1.91"), state("1.90.0", "1.90")]],
    ["once", [state("1.92.0", "1.92"), state("1.91.0", "1.91")]],
    ["always since rust-version exists", [state("1.92.0", "1.92"), state("1.91.0", "1.91"), state("1.90.0")]],
  ])("must follow when both changed together %s", async (_name, before) => {
    const { findings, notes, fixed } = await judged(state("1.93.0", "1.92"), before);
    expect(findings).toEqual([
      'error Cargo.toml:4: "1.92" here, "1.93.0" at rust-toolchain.toml:2: every earlier commit that changed one changed the other to the same value',
    ]);
    expect(notes).toEqual([
      "Cargo.toml:4: rust-version must equal the toolchain, because they always changed together.",
    ]);
    expect(fixed["Cargo.toml"]).toContain('rust-version = "1.93"\n');
  });

  test("must follow when no crate is published", async () => {
    for (const more of ["publish = false\n", "publish = []\n"]) {
      const { findings, notes } = await judged(state("1.93.0", "1.92"), undefined, more);
      expect(findings).toEqual([
        'error Cargo.toml:4: "1.92" here, "1.93.0" at rust-toolchain.toml:2: no crate is published, so no user needs the older Rust',
      ]);
      expect(notes).toEqual([
        "Cargo.toml:4: rust-version must equal the toolchain, because every crate is `publish = false`.",
      ]);
    }
    for (const more of ["publish = true\n", 'publish = ["mine"]\n'])
      expect((await judged(state("1.93.0", "1.92"), undefined, more)).findings).toEqual([]);
  });
});

test("reports a rust-version above the toolchain as an error, and accepts an equal one", async () => {
  const { findings, fixed } = await judged(state("1.93.0", "1.94.0"), undefined);
  expect(findings).toEqual([
    'error Cargo.toml:4: "1.94.0" here is newer than the toolchain, "1.93.0" at rust-toolchain.toml:2: cargo refuses to build',
  ]);
  expect(fixed["Cargo.toml"]).toContain('rust-version = "1.93.0"\n');
  expect(await judged(state("1.93.0", "1.93"), undefined)).toMatchObject({ findings: [], notes: [] });
});

test("does not compare with a floating or custom toolchain", async () => {
  for (const channel of ["stable", "nightly-2026-10-01", "esp"]) {
    const { notes, findings } = await judged(state(channel, "1.94.0"), undefined, "publish = false\n");
    expect(notes).toEqual([]);
    expect(findings.filter((finding) => finding.includes("Cargo.toml"))).toEqual([]);
  }
});

test("counts an inherited rust-version once, and a crate's own one separately", async () => {
  const files = {
    "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n[workspace.package]\nrust-version = "1.80"\n',
    "a/Cargo.toml": '[package]\nname = "a"\nversion = "1.0.0"\nrust-version.workspace = true\n',
    "b/Cargo.toml": '[package]\nname = "b"\nversion = "1.0.0"\nrust-version = "1.85"\n',
    "c/Cargo.toml": '[package]\nname = "c"\nversion = "1.0.0"\nrust-version = "1.99"\n',
    ".github/workflows/release.yml":
      "on: push\njobs:\n  build:\n    steps:\n      - run: cargo build\n      - run: cargo +1.82.0 build\n",
  };
  const { facts, findings } = await checkFiles(files);
  expect(facts["rust-version"]).toEqual(["1.80 at Cargo.toml:4", "1.85 at b/Cargo.toml:4"]);
  expect(findings).toEqual([
    'error .github/workflows/release.yml:6: "1.82.0" here, and `rust-version` at b/Cargo.toml:4 asks for "1.85" or newer',
  ]);
});

test("also follows the history of an old-style toolchain file", async () => {
  const states = [state("1.92.0", "1.92"), state("1.91.0", "1.91")];
  const history: History = {
    changesOf: async () => ["c0"],
    filesAt: async (wanted) =>
      wanted.map(({ revision, file }) => {
        const each = states[revision === "HEAD" ? 0 : 1] ?? state("");
        return file === "rust-toolchain" ? `${each.toolchain}\n` : manifest(each);
      }),
  };
  const files = { "Cargo.toml": manifest(state("1.93.0", "1.92")), "rust-toolchain": "1.93.0\n" };
  expect((await checkFiles(files, { history })).findings).toHaveLength(1);
});
