import { cpSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { describeWith } from "../parts.ts";
import { type Tap, TapServer } from "../release/tap.ts";
import { Job, type StepResult } from "../runner/job.ts";

const CASES = path.join(import.meta.dirname, "../fixtures/cases/homebrew");

interface Expected {
  /** Files of the tap afterwards. Without it the release is refused and the tap stays as it was. */
  readonly files?: readonly string[];
  /** A text that one of the files contains afterwards. */
  readonly content?: readonly [file: string, text: string];
  /** A text in the log. */
  readonly says?: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Releases, each with its right result, which was worked out by hand. */
const EXPECTED: readonly (readonly [name: string, folder: string, expected: Expected])[] = [
  [
    "a formula in a subfolder is updated in its place",
    "hb-nested-folder",
    { files: ["Formula/cli/widget.rb", "Formula/other.rb"], content: ["Formula/cli/widget.rb", 'version "1.2.3"'] },
  ],
  [
    "the root is not read when there is a folder Formula",
    "hb-root-beside-Formula",
    {
      files: ["Formula/other.rb", "Formula/widget.rb", "widget.rb"],
      content: ["Formula/widget.rb", 'version "1.2.3"'],
    },
  ],
  [
    "downloads of another repository",
    "hb-url-of-another-repo",
    { says: "is not a URL of this release, expected https://github.com/acme/widget/" },
  ],
  [
    "downloads of another tag",
    "hb-url-of-another-tag",
    { says: "is not a URL of this release, expected https://github.com/acme/widget/releases/download/v1.2.3/" },
  ],
  [
    "an older line goes into a versioned formula beside a release candidate",
    "hb-rc-in-tap-older-line",
    {
      files: ["Formula/widget.rb", "Formula/widget@1.7.rb"],
      content: ["Formula/widget@1.7.rb", "class WidgetAT17 < Formula"],
    },
  ],
  [
    "a hotfix is newer than its version",
    "hb-hotfix-rule-push",
    { files: ["Formula/widget.rb"], content: ["Formula/widget.rb", "+hotfix"] },
  ],
  [
    "a nightly build that Homebrew orders above its release",
    "hb-nightly-push",
    { says: "Homebrew orders 1.2.4-nightly.20260101 above 1.2.4" },
  ],
  ["checksums that were swapped", "hb-arm-intel-swapped", { says: "with other checksums for macos arm, macos intel" }],
  [
    "checksums that were swapped, published again on purpose",
    "hb-arm-intel-swapped",
    { inputs: { republish: "true" }, files: ["Formula/widget.rb"], content: ["Formula/widget.rb", 'version "1.2.3"'] },
  ],
  [
    "a formula that builds from source is updated",
    "hb-source-formula-in-tap",
    { files: ["Formula/widget.rb"], content: ["Formula/widget.rb", 'version "1.2.3"'] },
  ],
  ["a program in the description", "hb-newline-in-description", { says: "is not a directive of a formula" }],
];

describeWith(["git"], "homebrew-publish on hand-made releases", () => {
  let taps: TapServer;
  let count = 0;
  beforeAll(async () => {
    taps = await TapServer.start();
  });
  afterAll(() => taps.close());

  async function publish(folder: string, tap: Tap, extra: Readonly<Record<string, string>> = {}): Promise<StepResult> {
    await using job = await Job.open({
      env: { GITHUB_REPOSITORY: "acme/widget", GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main" },
    });
    cpSync(folder, job.workspace, { recursive: true });
    const inputs = { plan: "plan.json", formulae: ".", tap: tap.url, token: taps.token, style: "layout" };
    return await job.step("homebrew-publish", { inputs: { ...inputs, ...inputsOf(folder), ...extra } });
  }

  test.each(EXPECTED)("%s", async (_name, folder, { files, content, says, inputs }) => {
    count += 1;
    const tap = taps.create(`case${count}`);
    const before = path.join(CASES, folder, "tap");
    if (existsSync(before)) tap.commit(before);
    const commits = tap.commits;
    const step = await publish(path.join(CASES, folder), tap, inputs);
    if (files === undefined) {
      expect(step.conclusion).toBe("failure");
      expect(step.log).toContain(says);
      expect(tap.commits).toEqual(commits);
      return;
    }
    expect(step).toMatchObject({ conclusion: "success", outputs: { pushed: "true" } });
    expect(tap.files).toEqual(files);
    if (content !== undefined) expect(tap.read(content[0])).toContain(content[1]);
    // A second run has nothing to do.
    expect((await publish(path.join(CASES, folder), tap, inputs)).outputs["pushed"]).toBe("false");
  });
});

/** Reads the inputs from a line such as `homebrew-publish rules='backport.formula: versioned'`. */
function inputsOf(folder: string): Record<string, string> {
  const line = readFileSync(path.join(folder, "inputs.txt"), "utf8");
  return Object.fromEntries(
    [...line.matchAll(/(\S+)='([^']*)'|(\S+)=(\S+)/g)].map(([, a, b, c, d]) => [a ?? c ?? "", b ?? d ?? ""]),
  );
}
