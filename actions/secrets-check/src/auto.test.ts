import { describe, expect, test } from "@jest/globals";
import { autoExpectations } from "./auto.ts";
import { findUsage } from "./compare.ts";

const job = (text: string): string =>
  `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: true\n        env: { A: "${text}" }\n`;

function auto(files: Record<string, string>, env: Record<string, string>) {
  const list = Object.entries(files).map(([file, text]) => ({ file, text }));
  const usage = findUsage(list, env);
  const { expectations, notJudged } = autoExpectations(usage, env);
  return {
    judged: expectations.map(({ name, kind }) => `${name}: ${kind}`),
    not: notJudged.map(({ name }) => name),
    problems: usage.problems.length,
  };
}

describe("auto", () => {
  test("judges what workflows use and the step was given, and nothing that it was not", () => {
    const files = { "a.yml": job("${{ secrets.NPM_TOKEN }} ${{ secrets.CODECOV_TOKEN }}") };
    expect(auto(files, { NPM_TOKEN: "" })).toMatchObject({ judged: ["NPM_TOKEN: npm-token"], not: ["CODECOV_TOKEN"] });
  });

  test("judges a known name that it was given, although no workflow names it, and no empty one", () => {
    const env = { PARCA_TOKEN: "x", NPM_TOKEN: "", DOCKER_PASSWORD: "p", DOCKER_USERNAME: "u" };
    expect(auto({}, env).judged).toEqual(["DOCKER_PASSWORD: docker-login", "PARCA_TOKEN: polarsignals-token"]);
  });

  test.each([
    ["another value stands in for it", "${{ secrets.TAP || github.token }}"],
    ["it is asked for first", "${{ secrets.TAP != '' && 'yes' }}"],
    ["a condition asks for it", "${{ secrets.TAP && 'yes' || 'no' }}"],
  ])("does without an empty secret where %s", (_name, text) => {
    expect(auto({ "a.yml": job(text) }, { TAP: "" })).toMatchObject({ judged: [], not: ["TAP"] });
    expect(auto({ "a.yml": job(text), "b.yml": job("${{ secrets.TAP }}") }, { TAP: "" }).judged).toEqual([
      "TAP: nonempty",
    ]);
  });

  test("does not demand a token where the job may publish with its OIDC identity", () => {
    const text = job("${{ secrets.NPM_TOKEN }} ${{ secrets.OTHER }}").replace(
      "    steps",
      "    permissions: { id-token: write }\n    steps",
    );
    expect(auto({ "a.yml": text }, { NPM_TOKEN: "", OTHER: "" })).toMatchObject({
      judged: ["OTHER: nonempty"],
      not: ["NPM_TOKEN"],
    });
  });

  test("judges inside a called workflow only what its caller passes on", () => {
    const caller = (secrets: string): string =>
      `on: push\njobs:\n  pre:\n    uses: org/actions/.github/workflows/release-preflight.yml@v1\n    secrets: ${secrets}\n`;
    const files = (secrets: string) => ({
      "a.yml": job("${{ secrets.NPM_TOKEN }} ${{ secrets.TAP }}"),
      "release.yml": caller(secrets),
    });
    const env = {
      NPM_TOKEN: "",
      TAP: "",
      GITHUB_WORKFLOW_REF: "org/p/.github/workflows/release.yml@refs/heads/main",
      GITHUB_JOB: "preflight",
    };
    const passed = "{ NPM_TOKEN: '${{ secrets.NPM_TOKEN }}' }";
    expect(auto(files(passed), env)).toMatchObject({ judged: ["NPM_TOKEN: npm-token"], not: ["TAP"] });
    expect(auto(files("inherit"), env).judged).toEqual(["NPM_TOKEN: npm-token", "TAP: nonempty"]);
  });

  test("leaves out a file that cannot be read, and judges the rest", () => {
    const files = {
      "a.yml": "a: 1\na: 2\n",
      "b.yml": "name: no jobs\n",
      "c.yml": job("${{ secrets.TAP }}"),
      "steps.yml": "- run: true\n",
    };
    expect(auto(files, { TAP: "" })).toEqual({ judged: ["TAP: nonempty"], not: [], problems: 2 });
  });
});
