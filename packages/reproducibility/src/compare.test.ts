import { describe, expect, test } from "@jest/globals";
import type { Build, BuildFile } from "./build.ts";
import { compareBuilds } from "./compare.ts";
import { compareContexts } from "./context.ts";
import { createPolicy, type PolicyInputs } from "./policy.ts";

const digest = (letter: string): { blake3: string } => ({ blake3: letter.repeat(64) });
const file = (letter: string, more: object = {}): BuildFile => ({
  kind: "file",
  size: 1,
  mode: 0o644,
  digests: digest(letter),
  ...more,
});

function build(name: string, files: Readonly<Record<string, BuildFile>>, more: Partial<Build> = {}): Build {
  const none = { context: new Map(), isPartial: false, open: async () => undefined };
  return { name, files: new Map(Object.entries(files)), ...none, ...more };
}

const strict = (): { severity: "error"; reason: undefined } => ({ severity: "error", reason: undefined });

describe("compareBuilds", () => {
  test("finds the majority of five builds and both outliers", () => {
    const [verdict] = compareBuilds(
      ["a", "a", "b", "a", "c"].map((letter, index) => build(`job-${index}`, { x: file(letter) })),
      strict,
    );
    expect(verdict).toMatchObject({ kind: "content", hasMajority: true });
    expect(verdict?.agreements.map(({ builds }) => builds)).toEqual([
      ["job-0", "job-1", "job-3"],
      ["job-2"],
      ["job-4"],
    ]);
  });

  test("finds no majority when the votes are equal", () => {
    const [verdict] = compareBuilds(
      ["a", "b"].map((letter) => build(letter, { x: file(letter) })),
      strict,
    );
    expect(verdict).toMatchObject({ kind: "content", hasMajority: false });
  });

  test.each<[string, BuildFile | undefined, BuildFile | undefined, string]>([
    ["equal files", file("a"), file("a"), "equal"],
    ["a mode that one side lacks", file("a"), { kind: "file", digests: digest("a") }, "equal"],
    ["a different mode", file("a"), file("a", { mode: 0o755 }), "mode"],
    ["a link to another target", { kind: "symlink", target: "a" }, { kind: "symlink", target: "b" }, "link"],
    ["a link in place of a file", file("a"), { kind: "symlink", target: "b" }, "kind"],
    ["a missing file", file("a"), undefined, "missing"],
    ["two empty files (F124)", file("a", { size: 0 }), file("a", { size: 0 }), "empty"],
    ["no digest in common (F124)", file("a"), { kind: "file", digests: { sha256: "a".repeat(64) } }, "incomparable"],
    ["no digests (F124)", { kind: "file", digests: {} }, { kind: "file", digests: {} }, "incomparable"],
  ])("classifies %s", (_name, left, right, kind) => {
    const files = (one: BuildFile | undefined): Record<string, BuildFile> => ({
      other: file("z"),
      ...(one && { x: one }),
    });
    const verdicts = compareBuilds([build("one", files(left)), build("two", files(right))], strict);
    expect(verdicts.find(({ path }) => path === "x")?.kind).toBe(kind);
  });

  test("refuses a single build, and builds without files (F124)", () => {
    expect(() => compareBuilds([build("one", { x: file("a") })], strict)).toThrow(/there is 1 build to compare/);
    expect(() => compareBuilds([build("one", {}), build("two", {})], strict)).toThrow(/nothing to compare/);
  });
});

describe("compareContexts", () => {
  test("treats paths that are mapped to the same name as equal", () => {
    const from = (folder: string, name: string): Partial<Build> => ({
      context: new Map([
        [
          "rustflags",
          `-C opt-level=1 --remap-path-prefix=${folder}=${name} --remap-path-prefix ${folder}/.cargo=crate`,
        ],
        ["cflags", `-ffile-prefix-map=${folder}=src`],
      ]),
    });
    expect(compareContexts([build("one", {}, from("/a", "src")), build("two", {}, from("/b/c", "src"))])).toEqual([]);
    const other = compareContexts([build("one", {}, from("/a", "src")), build("two", {}, from("/a", "crate"))]);
    expect(other.map(({ key }) => key)).toEqual(["rustflags"]);
  });

  test("lists decisive settings first, and ignores missing ones", () => {
    const context = (entries: Readonly<Record<string, string>>): Partial<Build> => ({
      context: new Map(Object.entries(entries)),
    });
    const builds = [
      build("one", {}, context({ "runner-image": "ubuntu22", "build-command": "-p a", rustflags: "", target: "x" })),
      build(
        "two",
        {},
        context({ "runner-image": "ubuntu24", "build-command": "-p a -p b", rustflags: "-g", target: "x" }),
      ),
      build("list", {}),
    ];
    expect(compareContexts(builds).map(({ key, isDecisive }) => [key, isDecisive])).toEqual([
      ["build-command", true],
      ["rustflags", true],
      ["runner-image", false],
    ]);
  });
});

describe("createPolicy", () => {
  const inputs: PolicyInputs = {
    mode: "strict",
    strictFor: [],
    warnFor: [],
    ignore: [],
    today: new Date("2026-11-20T12:00:00Z"),
  };

  test.each<[string, Partial<PolicyInputs>, string]>([
    ["an error", {}, "error"],
    ["a warning in mode warn", { mode: "warn" }, "warning"],
    ["an error for strict-for in mode warn", { mode: "warn", strictFor: ["*-musl"] }, "error"],
    ["a warning for warn-for", { warnFor: ["bin/**"] }, "warning"],
    ["an error when both name it", { warnFor: ["**"], strictFor: ["app-musl"] }, "error"],
    ["ignored", { ignore: ["app-*"] }, "ignored"],
    ["ignored on the last day", { ignore: ["app-* until 2026-11-20"] }, "ignored"],
    ["an error the day after", { ignore: ["app-* until 2026-11-19 because it was so"] }, "error"],
  ])("classifies a difference as %s", (_name, changes, severity) => {
    expect(createPolicy({ ...inputs, ...changes })("bin/app-musl").severity).toBe(severity);
  });

  test("gives the reason, or says that the rule has expired", () => {
    expect(createPolicy({ ...inputs, ignore: ["a because of the logo"] })("a").reason).toBe("of the logo");
    expect(createPolicy({ ...inputs, ignore: ["a until 2020-02-03"] })("a").reason).toBe(
      "`a until 2020-02-03` has expired",
    );
  });

  test.each(["a until tomorrow", "a until 2026-13-01", "a b", "a because"])("refuses the rule %j", (rule) => {
    expect(() => createPolicy({ ...inputs, ignore: [rule] })).toThrow(/expected <glob> \[until YYYY-MM-DD\]/);
  });
});
