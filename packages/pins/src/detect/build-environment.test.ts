import { describe, expect, test } from "@jest/globals";
import { checkFiles } from "../testing/check-files.ts";

const DIST = '[dist]\ngithub-build-setup = "setup.yml"\n';
const SETUP = ".github/workflows/setup.yml";
const DOCKERFILE = "FROM debian:12 AS base\nENV ac_cv_func_x=yes\nFROM base\nRUN make\n";

const checked = async (setup: string, dockerfile = DOCKERFILE) =>
  await checkFiles({ "dist-workspace.toml": DIST, [SETUP]: setup, Dockerfile: dockerfile });
const script = (...lines: string[]): string => `- run: |\n${lines.map((line) => `    ${line}\n`).join("")}`;

describe("the answers to configure scripts in a release build", () => {
  test("agree with those of the Docker build", async () => {
    const { findings, facts } = await checked(script('echo "ac_cv_func_x=yes" >> "$GITHUB_ENV"'));
    expect(findings).toEqual([]);
    expect(facts).toMatchObject({
      "ENV ac_cv_func_x": ["yes at Dockerfile:2"],
      "release ac_cv_func_x": [`yes at ${SETUP}:2`],
    });
  });

  test("that differ are corrected", async () => {
    const { findings, fixed } = await checked(script("echo before", 'echo "ac_cv_func_x=no" >> "$GITHUB_ENV"'));
    expect(findings).toEqual([`error ${SETUP}:3: "no" here, "yes" at Dockerfile:2`]);
    expect(fixed[SETUP]).toBe(script("echo before", 'echo "ac_cv_func_x=yes" >> "$GITHUB_ENV"'));
  });

  test("that are missing are added after the last variable", async () => {
    const { findings, fixed } = await checked(script('echo "FOO=1" >> "$GITHUB_ENV"', "echo after"));
    expect(findings).toEqual([`error ${SETUP}:2: "(ac_cv_func_x is not set)" here, "yes" at Dockerfile:2`]);
    expect(fixed[SETUP]).toBe(
      script('echo "FOO=1" >> "$GITHUB_ENV"', 'echo "ac_cv_func_x=yes" >> "$GITHUB_ENV"', "echo after"),
    );
  });

  test.each([
    ["in a line with a key", '- run: echo "FOO=1" >> "$GITHUB_ENV"\n', 1],
    ["nowhere", script("echo hello"), 1],
    ["only in the name of a step", "- name: echo X=1 >> $GITHUB_ENV\n  run: echo hello\n", 1],
  ])("are not added when there is no line to copy: set %s", async (_name, setup, line) => {
    const { findings, fixed } = await checked(setup);
    expect(findings).toEqual([`error ${SETUP}:${line}: "(ac_cv_func_x is not set)" here, "yes" at Dockerfile:2`]);
    expect(fixed).toEqual({});
  });

  test("that the Docker build lacks are an error in the Dockerfile", async () => {
    const both = script('echo "ac_cv_func_x=yes" >> "$GITHUB_ENV"', 'echo "krb5_cv_y=no" >> "$GITHUB_ENV"');
    expect((await checked(both)).findings).toEqual([`error Dockerfile:2: "(not set)" here, "no" at ${SETUP}:3`]);
    expect((await checked(both, "FROM debian:12\n")).findings).toEqual([]);
  });

  test("count once for each stage that sets them", async () => {
    const two =
      "FROM debian:12 AS a\nENV ac_cv_func_x=yes\nFROM debian:12 AS b\nENV ac_cv_func_x=no\nFROM b\nRUN make\n";
    const { findings, facts } = await checked(script('echo "ac_cv_func_x=yes" >> "$GITHUB_ENV"'), two);
    expect(findings).toEqual(['error Dockerfile:4: "no" here, "yes" at Dockerfile:2']);
    expect(facts["ENV ac_cv_func_x"]).toHaveLength(2);
  });

  test("that depend on build arguments, and other variables, are not compared", async () => {
    const text = "FROM debian:12\nARG X\nENV ac_cv_func_x=$X my_ac_cv_z=1 PATH=/bin\n";
    expect((await checked(script("echo hello"), text)).findings).toEqual([]);
  });

  test.each([
    ["../../ci/setup.yml", "ci/setup.yml"],
    ["./parts//setup.yml", ".github/workflows/parts/setup.yml"],
  ])("are found in %s, relative to the workflows", async (name, file) => {
    const files = {
      "dist.toml": DIST.replace("setup.yml", name),
      [file]: script('echo "ac_cv_func_x=no" >> "$GITHUB_ENV"'),
      Dockerfile: DOCKERFILE,
    };
    expect((await checkFiles(files)).findings).toEqual([`error ${file}:2: "no" here, "yes" at Dockerfile:2`]);
  });

  test("that come from release-build-setup cannot differ", async () => {
    expect((await checked("- uses: org/actions/release-build-setup@v1\n")).findings).toEqual([]);
    expect((await checked("- uses: org/actions/release-build-setup-not@v1\n")).findings).toHaveLength(1);
    expect((await checked("- run: echo /release-build-setup@v1\n")).findings).toHaveLength(1);
  });
});
