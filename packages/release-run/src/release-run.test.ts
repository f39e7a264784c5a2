import { describe, expect, test } from "@jest/globals";
import { parseVersion } from "@release-actions/channel";
import { readPlan } from "@release-actions/dist-plan";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { existingVersions, subjectOfPlan, subjectOfVersion } from "./existing.ts";
import { readFacts } from "./facts.ts";

describe("readFacts", () => {
  test("distinguishes a tag from a branch of the same name", () => {
    const env = { GITHUB_REPOSITORY: "acme/widget", GITHUB_REF_NAME: "v1.2.3", GITHUB_RUN_ATTEMPT: "2" };
    expect(readFacts({ ...env, GITHUB_REF_TYPE: "tag" })).toMatchObject({ tag: "v1.2.3", attempt: 2 });
    expect(readFacts({ ...env, GITHUB_REF_TYPE: "branch" }).tag).toBeUndefined();
  });

  test.each([
    [{}, "GITHUB_REPOSITORY is"],
    [{ GITHUB_REPOSITORY: "acme/widget", GITHUB_RUN_ATTEMPT: "x" }, 'GITHUB_RUN_ATTEMPT is "x"'],
  ])("refuses %j", (env, message) => {
    expect(() => readFacts(env)).toThrow(message);
  });
});

describe("what is being released", () => {
  const plan = (tag: string, version = "1.2.3") => readPlan(JSON.stringify(makeManifest({ tag, version })));

  test("is the plan's version, in the family of its tag", () => {
    expect(subjectOfPlan(plan("widget-v1.2.3"), "widget-v1.2.3")).toMatchObject({
      version: { text: "1.2.3" },
      family: "widget-",
    });
  });

  test("throws when the tag differs", () => {
    expect(() => subjectOfPlan(plan("v1.2.3"), "v1.2.4")).toThrow(
      "runs for the tag v1.2.4, but the plan announces v1.2.3",
    );
    expect(() => subjectOfVersion(parseVersion("1.2.3"), "v1.2.4")).toThrow(
      "runs for the tag v1.2.4, but the version is 1.2.3",
    );
    expect(() => subjectOfVersion(parseVersion("1.2.3"), "nightly")).toThrow("runs for the tag nightly");
  });

  test("has only the tags of its own family as predecessors", () => {
    const subject = subjectOfVersion(parseVersion("1.2.3"), "sdk-v1.2.3");
    const versions = existingVersions(["v9.0.0", "sdk-v1.2.3", "sdk-v1.2.2"], subject, "sdk-v1.2.3");
    expect(versions.map((version) => version.text)).toEqual(["1.2.3", "1.2.2"]);
  });

  test("refuses a list of tags that lacks its own", () => {
    const subject = subjectOfVersion(parseVersion("1.2.3"), "v1.2.3");
    expect(() => existingVersions(["v1.2.2"], subject, "v1.2.3")).toThrow("not among the repository's 1 tag");
    expect(existingVersions([], subject, undefined)).toEqual([]);
  });
});
