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
  test("checks secrets that workflows use and the step received, and no others", () => {
    const files = { "a.yml": job("${{ secrets.NPM_TOKEN }} ${{ secrets.CODECOV_TOKEN }}") };
    expect(auto(files, { NPM_TOKEN: "" })).toMatchObject({ judged: ["NPM_TOKEN: npm-token"], not: ["CODECOV_TOKEN"] });
  });

  test("checks a well-known name that no workflow uses, unless its value is empty", () => {
    const env = { PARCA_TOKEN: "x", NPM_TOKEN: "", DOCKER_PASSWORD: "p", DOCKER_USERNAME: "u" };
    expect(auto({}, env).judged).toEqual(["DOCKER_PASSWORD: docker-login", "PARCA_TOKEN: polarsignals-token"]);
  });

  test.each([
    ["the workflow has a fallback value", "${{ secrets.TAP || github.token }}"],
    ["the workflow tests it first", "${{ secrets.TAP != '' && 'yes' }}"],
    ["a condition depends on it", "${{ secrets.TAP && 'yes' || 'no' }}"],
  ])("accepts an empty secret when %s", (_name, text) => {
    expect(auto({ "a.yml": job(text) }, { TAP: "" })).toMatchObject({ judged: [], not: ["TAP"] });
    expect(auto({ "a.yml": job(text), "b.yml": job("${{ secrets.TAP }}") }, { TAP: "" }).judged).toEqual([
      "TAP: nonempty",
    ]);
  });

  test("does not require a token when the job can publish with its OIDC identity", () => {
    const text = job("${{ secrets.NPM_TOKEN }} ${{ secrets.OTHER }}").replace(
      "    steps",
      "    permissions: { id-token: write }\n    steps",
    );
    expect(auto({ "a.yml": text }, { NPM_TOKEN: "", OTHER: "" })).toMatchObject({
      judged: ["OTHER: nonempty"],
      not: ["NPM_TOKEN"],
    });
  });

  test("checks in a called workflow only the secrets that its caller passes on", () => {
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

  test("skips a file that cannot be read, and checks the others", () => {
    const files = {
      "a.yml": "a: 1\na: 2\n",
      "b.yml": "name: no jobs\n",
      "c.yml": job("${{ secrets.TAP }}"),
      "steps.yml": "- run: true\n",
    };
    expect(auto(files, { TAP: "" })).toEqual({ judged: ["TAP: nonempty"], not: [], problems: 2 });
  });
});
