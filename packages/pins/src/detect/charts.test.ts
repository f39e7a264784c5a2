import { describe, expect, test } from "@jest/globals";
import type { History } from "../locate/history.ts";
import { NO_HISTORY } from "../locate/history.ts";
import { checkFiles } from "../testing/check-files.ts";

const crate = (version: string, name = "app") => ({
  "Cargo.toml": `[package]\nname = "${name}"\nversion = "${version}"\n`,
});
const chartText = (version: string, appVersion?: string, name = "app"): string =>
  `apiVersion: v2\nname: ${name}\nversion: ${version}\n${appVersion === undefined ? "" : `appVersion: "${appVersion}"\n`}`;
const chart = (version: string, appVersion?: string, name?: string, file = "chart/Chart.yaml") => ({
  [file]: chartText(version, appVersion, name),
});
const found = async (files: Readonly<Record<string, string>>, history: History = NO_HISTORY) =>
  (await checkFiles(files, { history })).findings;

describe("a chart", () => {
  test.each<[string, string, string | undefined, string[]]>([
    ["with the version of the crate", "1.2.3", "1.2.3", []],
    ["with the version of the crate, with a v", "1.2.3", "v1.2.3", []],
    ["with an old version and appVersion", "1.2.2", "1.2.2", ["error 3: version 1.2.2", "error 4: appVersion 1.2.2"]],
    ["with an old appVersion", "1.2.3", "1.2.2", ["error 4: appVersion 1.2.2"]],
    ["with its own version", "0.4.0", "1.2.2", ["error 4: appVersion 1.2.2"]],
    ["without appVersion", "1.2.2", undefined, ["error 3: version 1.2.2"]],
    ["whose appVersion is a channel", "0.4.0", "latest", []],
  ])("%s", async (_name, version, appVersion, expected) => {
    const findings = await found({ ...crate("1.2.3"), ...chart(version, appVersion) });
    expect(findings).toEqual(
      expected.map((each) => {
        const [severity, line, , value] = each.split(/ |: /);
        return `${severity} chart/Chart.yaml:${line}: "${value}" here, "1.2.3" at Cargo.toml:3`;
      }),
    );
  });

  test("with its own version causes a note", async () => {
    const { notes } = await checkFiles({ ...crate("1.2.3"), ...chart("0.4.0", "1.2.3") });
    expect(notes).toEqual([
      "chart/Chart.yaml: the version 0.4.0 is the chart's own, because it was not equal to appVersion.",
    ]);
  });

  test("may keep the last release's version between releases", async () => {
    const behind = chart("1.2.2", "1.2.2");
    for (const [version, severity] of [
      ["1.3.0-dev", "warning"],
      ["1.3.0", "error"],
    ] as const) {
      const { findings, fixed } = await checkFiles({ ...crate(version), ...behind });
      expect(findings.map((each) => each.split(" ")[0])).toEqual([severity, severity]);
      expect(Object.keys(fixed)).toEqual(severity === "error" ? ["chart/Chart.yaml"] : []);
    }
    expect(await found({ ...crate("1.3.0-rc.2"), ...chart("1.3.0-rc.1", "1.3.0-rc.1") })).toEqual([
      expect.stringMatching(/^error/),
      expect.stringMatching(/^error/),
    ]);
  });

  test("with another name, which may belong to another product, is a warning", async () => {
    for (const name of ["other", "ap", "a-b"]) {
      const findings = await found({ ...crate("1.2.3"), ...chart("1.2.2", "1.2.2", name) });
      expect(findings.map((each) => each.split(" ")[0])).toEqual(["warning", "warning"]);
    }
  });

  test.each([
    ["beacon", "beacon"],
    ["beacon-server", "beacon"],
    ["beacon_types", "beacon-helm"],
    ["ab-server", "ab"],
  ])("of the crate %s may be called %s", async (name, chartName) => {
    const findings = await found({ ...crate("1.2.3", name), ...chart("1.2.2", "1.2.2", chartName) });
    expect(findings.map((each) => each.split(" ")[0])).toEqual(["error", "error"]);
  });

  test.each([
    ["ab-server", "ab-helm"],
    ["beacons", "beacon"],
    ["server-beacon", "beacon"],
  ])("of the crate %s may not be called %s", async (name, chartName) => {
    const findings = await found({ ...crate("1.2.3", name), ...chart("1.2.2", "1.2.2", chartName) });
    expect(findings.map((each) => each.split(" ")[0])).toEqual(["warning", "warning"]);
  });
});

describe("several charts", () => {
  test("are compared if they have the name of a crate", async () => {
    const files = { ...crate("1.2.3"), ...chart("1.2.2"), ...chart("0.1.0", "9.9.9", "other", "other/Chart.yaml") };
    expect(await found(files)).toEqual(['error chart/Chart.yaml:3: "1.2.2" here, "1.2.3" at Cargo.toml:3']);
  });

  test("are ignored inside a chart, whose dependencies they are, and in tests", async () => {
    const files = {
      ...crate("1.2.3"),
      ...chart("1.2.3"),
      ...chart("1.2.2", undefined, "app", "chart/charts/app/Chart.yaml"),
      ...chart("1.2.2", undefined, "app", "tests/app/Chart.yaml"),
    };
    expect(await found(files)).toEqual([]);
    expect(
      await found({ ...crate("1.2.3"), ...chart("1.2.2", undefined, "app", "x/charts/app/Chart.yaml") }),
    ).toHaveLength(1);
    expect(await found({ ...crate("1.2.3"), ...chart("1.2.2", undefined, "app", "x/MyChart.yaml") })).toEqual([]);
  });
});

describe("a chart's own version, judged by its history", () => {
  /** A history with the file in HEAD and before its last change. */
  const history = (head: string | undefined, before?: string): History => ({
    changesOf: async (files, lines) =>
      before !== undefined && files[0] === "chart/Chart.yaml" && new RegExp(lines).test("appVersion:")
        ? ["c1", "c0"]
        : [],
    filesAt: async (wanted) =>
      wanted.map(({ revision }) => (revision === "HEAD" ? head : revision === "c1^" ? before : undefined)),
  });
  const now = chart("1.2.3", "1.2.4");
  const files = { ...crate("1.2.4"), ...now };
  const text = chartText("1.2.3", "1.2.4");
  const BEHIND = ['error chart/Chart.yaml:3: "1.2.3" here, "1.2.4" at Cargo.toml:3'];

  test.each<[string, History, string[]]>([
    ["was equal before the last commit", history(text, chartText("1.2.3", "1.2.3")), BEHIND],
    ["was equal except for a v", history(text, chartText("1.2.3", "v1.2.3")), BEHIND],
    ["was equal in HEAD, and is being changed", history(chartText("1.2.3", "1.2.3")), BEHIND],
    ["already differed in HEAD", history(chartText("1.2.2", "1.2.3"), chartText("1.2.3", "1.2.3")), []],
    ["differed before", history(text, chartText("1.2.2", "1.2.3")), []],
    ["had no appVersion before", history(text, chartText("1.2.3")), []],
    ["was never changed", history(text), []],
    ["is not committed yet", history(undefined, chartText("1.2.3", "1.2.3")), []],
    ["was in a file of another kind", history(text, "- a\n- b\n"), []],
    ["was in an empty file", history(text, ""), []],
  ])("that %s", async (_name, its, expected) => {
    expect(await found(files, its)).toEqual(expected);
  });
});

describe("versions", () => {
  test("does not compare a placeholder with charts and tags", async () => {
    for (const version of ["0.0.0", "0.0.0-dev"]) {
      const { findings, notes } = await checkFiles(
        { ...crate(version), ...chart("1.2.2", "1.2.2") },
        { tag: "v1.2.2" },
      );
      expect(findings).toEqual([]);
      expect(notes).toEqual([`The version ${version} is a placeholder: charts and tags are not compared with it.`]);
    }
    expect((await checkFiles(crate("0.0.01"), { tag: "v1.2.2" })).findings).toHaveLength(1);
  });

  test("prefers the version of the workspace to that of its root crate", async () => {
    const files = {
      "Cargo.toml":
        '[workspace]\nmembers = ["a"]\n[workspace.package]\nversion = "2.0.0"\n[package]\nname = "app"\nversion = "1.0.0"\n',
      "a/Cargo.toml": '[package]\nname = "a"\nversion.workspace = true\n',
      ...chart("2.0.0", "1.0.0"),
    };
    const { findings, facts } = await checkFiles(files);
    expect(findings).toEqual(['error chart/Chart.yaml:4: "1.0.0" here, "2.0.0" at Cargo.toml:4']);
    expect(facts).toMatchObject({
      version: ["2.0.0 at Cargo.toml:4"],
      "chart version": ["2.0.0 at chart/Chart.yaml:3"],
      "chart appVersion": ["1.0.0 at chart/Chart.yaml:4"],
    });
  });

  test("does not check charts when the product has no version", async () => {
    const files = {
      "Cargo.toml": '[workspace]\nmembers = ["a"]\n',
      "a/Cargo.toml": '[package]\nname = "app"\nversion = "1.0.0"\n',
      ...chart("2.0.0", "2.0.0"),
    };
    expect(await found(files)).toEqual([]);
    expect((await checkFiles(files, { tag: "v1.0.0" })).findings).toEqual([]);
    expect((await checkFiles(files, { tag: "v2.0.0" })).findings).toHaveLength(1);
  });

  test("reports a repository without a workspace", async () => {
    expect((await checkFiles(chart("1.0.0"))).notes).toEqual([
      "There is no Cargo workspace here: versions and lock files are not compared.",
    ]);
  });
});

describe("workspaces", () => {
  const lock = (name: string, version: string) =>
    `version = 4\n\n[[package]]\nname = "${name}"\nversion = "${version}"\n`;
  const lone = (folder: string, name: string, more = "") => ({
    [`${folder}Cargo.toml`]: `[package]\nname = "${name}"\nversion = "1.0.0"\n${more}`,
    [`${folder}Cargo.lock`]: lock(name, "0.9.0"),
  });
  const STALE = (folder: string, name: string) =>
    `error ${folder}Cargo.lock:5: ${folder}Cargo.lock: ${name} is at 0.9.0, expected 1.0.0 (run \`cargo update -w\`)`;

  test("include the root first, and others that declare a workspace", async () => {
    const files = { ...lone("", "app"), ...lone("apps/web/", "web", "[workspace]\n"), ...lone("lost/", "lost") };
    expect(await found(files)).toEqual([STALE("", "app"), STALE("apps/web/", "web")]);
  });

  test("include a single crate when there is no other, but never crates in side folders", async () => {
    expect(await found(lone("rust/", "app"))).toEqual([STALE("rust/", "app")]);
    expect(await found(lone("examples/a/", "app"))).toEqual([]);
    expect(await found({ "Cargo.toml": "[profile.release]\nlto = true\n", ...lone("rust/", "app") })).toEqual([
      STALE("rust/", "app"),
    ]);
    const text = lone("rust/", "app")["rust/Cargo.toml"] ?? "";
    expect((await checkFiles({ "rust/Cargo.toml.in": text, "rust/my-Cargo.toml": text })).notes).toHaveLength(1);
  });

  test("are ordered by depth before name", async () => {
    const deep = lone("a/b/", "deep", "[workspace]\n");
    expect(await found({ ...deep, ...lone("z/", "app", "[workspace]\n") })).toEqual([
      STALE("z/", "app"),
      STALE("a/b/", "deep"),
    ]);
  });
});

describe("a lock file", () => {
  const crates = ["a", "b", "c", "d", "e", "f", "g"];
  const members = (version = "1.0.0") => ({
    "Cargo.toml": `[workspace]\nmembers = ["*"]\n[workspace.package]\nversion = "${version}"\n`,
    ...Object.fromEntries(
      crates.map((name) => [`${name}/Cargo.toml`, `[package]\nname = "${name}"\nversion.workspace = true\n`]),
    ),
  });
  const locked = (names: readonly string[], version = "0.9.0", more = "") =>
    `version = 4\n${names.map((name) => `\n[[package]]\nname = "${name}"\nversion = "${version}"\n`).join("")}${more}`;

  test("with old versions is one finding, and a fix changes every crate in it", async () => {
    const { findings, fixed, facts } = await checkFiles({ ...members(), "Cargo.lock": locked(crates) });
    expect(findings).toEqual([
      "error Cargo.lock:5: Cargo.lock: 7 crates are at 0.9.0, expected 1.0.0 (run `cargo update -w`)",
    ]);
    expect(fixed["Cargo.lock"]).toBe(locked(crates, "1.0.0"));
    expect(facts["locked workspace version"]).toHaveLength(7);
  });

  test("that lacks crates is reported with five of them", async () => {
    const lacks = async (names: readonly string[]) =>
      await found({ ...members(), "Cargo.lock": locked(names, "1.0.0") });
    expect(await lacks([])).toEqual([
      "error Cargo.lock:1: Cargo.lock lacks 7 crates a, b, c, d, e and 2 more (run `cargo update -w`)",
    ]);
    expect(await lacks(["f", "g"])).toEqual([
      "error Cargo.lock:1: Cargo.lock lacks 5 crates a, b, c, d, e (run `cargo update -w`)",
    ]);
    expect(await lacks(crates.slice(1))).toEqual([
      "error Cargo.lock:1: Cargo.lock lacks the crate a (run `cargo update -w`)",
    ]);
  });

  test("may contain a member's release from a registry, and a crate with its own version", async () => {
    const source = 'source = "registry+https://github.com/rust-lang/crates.io-index"\n';
    const files = {
      ...members(),
      "a/Cargo.toml": '[package]\nname = "a"\nversion = "0.3.0"\n',
      "Cargo.lock": `${locked(crates.slice(1), "1.0.0")}\n[[package]]\nname = "a"\nversion = "0.2.0"\n\n[[package]]\nname = "a"\nversion = "0.1.0"\n${source}`,
    };
    const { findings, facts } = await checkFiles(files);
    expect(findings).toEqual([expect.stringMatching(/: a is at 0.2.0, expected 0.3.0 \(run/)]);
    expect(facts["version of a"]).toEqual(["0.3.0 at a/Cargo.toml:3"]);
    expect(facts["locked version of a"]).toEqual([expect.stringMatching(/^0.2.0 at Cargo.lock:/)]);
  });
});
