import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { FileTree } from "@release-actions/example-product";
import { fixtureSha256, makeFormula } from "@release-actions/homebrew/fixture";
import { describeWith } from "../parts.ts";
import { createPlainRelease } from "../release/hosting.ts";
import { type Tap, TapServer } from "../release/tap.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { startGitHub } from "../stand-in/github.ts";

/** The output of cargo-dist in a folder, reduced to the files that homebrew-publish reads. */
function distrib(
  change: { version?: string; build?: string; formula?: (text: string) => string } = {},
): Record<string, string> {
  const { version = "1.2.3", build = "", formula = (text) => text } = change;
  const manifest = makeManifest({ version });
  const archives = Object.keys(manifest["artifacts"] as object).filter((name) => name.endsWith(".tar.xz"));
  return {
    "plan.json": JSON.stringify(manifest),
    "distrib/widget.rb": formula(makeFormula({ version, build })),
    "distrib/sha256.sum": archives.map((name) => `${fixtureSha256(name, build)} *${name}\n`).join(""),
  };
}

describeWith(["git"], "homebrew-publish", () => {
  let taps: TapServer;
  let tap: Tap;
  let count = 0;
  beforeAll(async () => {
    taps = await TapServer.start();
  });
  afterAll(() => taps.close());
  beforeEach(() => {
    count += 1;
    tap = taps.create(`tap${count}`);
  });

  interface Setting {
    readonly files?: Readonly<Record<string, string>>;
    readonly inputs?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
    readonly prepare?: (job: Job) => void;
  }

  async function publish({ files = distrib(), inputs = {}, env = {}, prepare }: Setting = {}): Promise<StepResult> {
    const facts = { GITHUB_REPOSITORY: "acme/widget", GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main" };
    await using job = await Job.open({ env: { ...facts, ...env } });
    job.write(files);
    prepare?.(job);
    const defaults = { plan: "plan.json", formulae: "distrib", tap: tap.url, token: taps.token };
    // The job's temporary folder comes first on the PATH, for programs such as a brew of the test's own.
    const programs = { PATH: [job.temp, process.env["PATH"]].join(path.delimiter) };
    return await job.step("homebrew-publish", { inputs: { ...defaults, ...inputs }, env: programs });
  }

  test("publishes from a folder, and says what it did", async () => {
    const step = await publish({ inputs: { "committer-name": "Release", "committer-email": "release@acme.dev" } });
    expect(step.conclusion).toBe("success");
    expect(JSON.parse(step.outputs["formulae"] ?? "")).toEqual([
      { file: "widget.rb", path: "Formula/widget.rb", version: "1.2.3", change: "add", state: "verified", reason: "" },
    ]);
    expect(tap.git("log", "-1", "--format=%an <%ae>: %s", "main")).toBe("Release <release@acme.dev>: widget 1.2.3\n");
    expect(step.summary).toContain("`Formula/widget.rb`");
  });

  test("keeps the token out of the log, masked in both forms", async () => {
    const step = await publish();
    const encoded = Buffer.from(`x-access-token:${taps.token}`).toString("base64");
    expect(step.masks).toEqual(expect.arrayContaining([taps.token, encoded]));
    expect(step.log).not.toContain(taps.token);
    expect(step.log).not.toContain(encoded);
  });

  test("checks archives that are beside the formulae, too", async () => {
    const files = { ...distrib(), "distrib/widget-x86_64-unknown-linux-gnu.tar.xz": "other bytes" };
    const step = await publish({ files });
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain("in the file widget-x86_64-unknown-linux-gnu.tar.xz itself");
    expect(tap.commits).toEqual([]);
  });

  test.each<[name: string, setting: Setting, message: string]>([
    ["an empty token", { inputs: { token: "" } }, "the input `token` is empty"],
    ["a token that is refused", { inputs: { token: "wrong" } }, "git cannot read http://127.0.0.1"],
    ["no plan", { inputs: { plan: "{}" } }, "has no `releases`"],
    [
      "a plan that is an artifact, outside of a workflow",
      { inputs: { plan: "artifact" } },
      "ACTIONS_RESULTS_URL is not set",
    ],
    [
      "a tag that was not planned",
      { env: { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1.2.4" } },
      "but the plan announces v1.2.3",
    ],
    [
      "a folder without the formula",
      { files: { ...distrib(), "distrib/widget.rb": "" } },
      "has no `class … < Formula`",
    ],
    ["formulae that do not exist", { inputs: { formulae: "nowhere" } }, "the artifacts of this run cannot be reached"],
    [
      "a sha256 of something else",
      { files: distrib({ formula: (text) => text.replace(/sha256 "../, 'sha256 "00') }) },
      "but the finished build has",
    ],
    [
      "formulae without any sha256, as cargo-dist writes them when it has no manifests",
      { files: distrib({ formula: (text) => text.replace(/ *sha256 .*\n/g, "") }) },
      "there is no sha256 for widget-aarch64-apple-darwin.tar.xz",
    ],
    [
      "a description that is code",
      { files: distrib({ formula: (text) => text.replace("Widgets", "#{`id`}") }) },
      "`desc` that is not a plain string",
    ],
    [
      "Windows line endings",
      { files: distrib({ formula: (text) => text.replaceAll("\n", "\r\n") }) },
      "ends with CR LF",
    ],
    [
      "archives without a checksum anywhere",
      { files: { ...distrib(), "distrib/sha256.sum": `${"0".repeat(64)} *other\n` } },
      "there is no sha256 for",
    ],
    ["an invalid rule", { inputs: { rules: "backport: versioned" } }, "is not understood"],
    ["a tap that runs a program", { inputs: { tap: "ext::sh -c id" } }, "is not a git remote"],
    ["a gateway for another server", { inputs: { "scarf-gateway": "https://github.com/x" } }, "is GitHub itself"],
    ["`style: brew` without brew", { inputs: { style: "brew" } }, "there is no Homebrew on this machine"],
  ])("publishes nothing with %s", async (_name, setting, message) => {
    const step = await publish(setting);
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(message);
    expect(tap.commits).toEqual([]);
  });

  test("takes the checksums from the files of the release, when the run has none", async () => {
    await using github = await startGitHub();
    const repository = github.addRepository("acme/widget");
    github.addCommit(repository, { ref: "refs/tags/v1.2.3" });
    const { "distrib/sha256.sum": _, ...files } = distrib();
    const env = { GITHUB_API_URL: github.origin };
    const inputs = { "github-token": github.token(repository, { contents: "read" }) };
    const nothing = await publish({ files, env, inputs });
    expect(nothing.log).toContain("there is no sha256 for widget-aarch64-apple-darwin.tar.xz");

    const writer = github.token(repository, { contents: "write" });
    // The contents that have the fixtures' checksums.
    const names = Object.keys(makeManifest()["artifacts"] as object);
    await createPlainRelease(
      github,
      repository,
      writer,
      "v1.2.3",
      new Map(names.map((name) => [name, Buffer.from(name)])),
    );
    expect((await publish({ files, env, inputs })).outputs["pushed"]).toBe("true");
  });

  test("when cancelled, pushes nothing and leaves no temporary files", async () => {
    await using job = await Job.open({ env: { GITHUB_REPOSITORY: "acme/widget" } });
    job.write(distrib());
    const inputs = { plan: "plan.json", formulae: "distrib", tap: tap.url, token: taps.token };
    const step = await job.step("homebrew-publish", { inputs, stop: { when: /\[command\]git commit/ } });
    expect(step.conclusion).toBe("cancelled");
    expect(step.stopMs).toBeLessThan(7500);
    expect(tap.commits).toEqual([]);
    expect(readdirSync(job.temp).filter((name) => !name.startsWith("_runner"))).toEqual([]);
  });

  test("checks everything in a dry run, also without a token, and pushes nothing", async () => {
    const bare = { tap: tap.folder, token: "", "dry-run": "true" };
    const step = await publish({ inputs: bare });
    expect(step.conclusion).toBe("success");
    expect(step.outputs).toMatchObject({ pushed: "false", commit: expect.stringMatching(/^[0-9a-f]{40}$/) });
    expect(tap.commits).toEqual([]);
  });

  test.each([
    ["commit-only", "false", "skipped", 1],
    ["skip", "false", "skipped", 1],
    ["push", "true", "verified", 2],
  ])("treats a pre-release as the input `prerelease` says: %s", async (prerelease, pushed, state, commits) => {
    await publish();
    const step = await publish({ files: distrib({ version: "1.3.0-rc.1", build: "rc" }), inputs: { prerelease } });
    expect(step.conclusion).toBe("success");
    expect(step.outputs["pushed"]).toBe(pushed);
    expect(JSON.parse(step.outputs["formulae"] ?? "")[0].state).toBe(state);
    expect(tap.commits).toHaveLength(commits);
  });

  test("refuses a formula that needs one that this tap lacks, and warns of a short name that is in this tap", async () => {
    const own = `acme/tap${count}`;
    const needing = (name: string): Setting => ({
      files: distrib({ formula: (text) => text.replace("  license", `  depends_on "${name}"\n  license`) }),
    });
    const missing = await publish(needing(`${own}/gadget`));
    expect(missing.conclusion).toBe("failure");
    expect(missing.log).toContain(`widget.rb needs ${own}/gadget, which the tap does not have`);
    expect(tap.commits).toEqual([]);
    using folder = new FileTree();
    mkdirSync(folder.path("Formula"));
    writeFileSync(folder.path("Formula/gadget.rb"), makeFormula({ app: "gadget", className: "Gadget" }));
    tap.commit(folder.root);
    const short = await publish(needing("gadget"));
    expect(short.outputs["pushed"]).toBe("true");
    expect(short.annotations[0]).toMatchObject({
      level: "warning",
      message: expect.stringContaining(`write \`${own}/gadget\``),
    });
  }, 120_000);

  test("skips a backport when the rules say so, without failing the release", async () => {
    await publish({ files: distrib({ version: "1.3.0", build: "newer" }) });
    const step = await publish({ inputs: { rules: "backport.formula: skip" } });
    expect(step.conclusion).toBe("success");
    expect(tap.commits).toEqual(["widget 1.3.0"]);
  });

  /** A brew with only `--version` and `style`, as brew(1) documents them. It refuses what the real brew refuses. */
  const brew = (fix: string, verdict: number): string => `#!/bin/sh
env | grep -E 'INPUT_TOKEN|ghs_' && { echo "the token reached brew"; exit 3; }
case "$1" in
  --version) echo "Homebrew 5.0.0" ;;
  style)
    shift
    while [ $# -gt 1 ]; do case "$1" in --fix) ;; --except-cops) shift ;; *) echo "Error: invalid option: $1" >&2; exit 1 ;; esac; shift; done
    [ -f "$1" ] || { echo "Error: No such file or directory: $1" >&2; exit 1; }
    ${fix}
    [ ${verdict} = 0 ] || echo "$1:3:1: C: Style/Something: do better."
    exit ${verdict} ;;
  *) echo "Error: Unknown command: $1" >&2; exit 1 ;;
esac
`;
  const withBrew = (script: string): Setting => ({
    prepare: (job) => {
      writeFileSync(path.join(job.temp, "brew"), script);
      chmodSync(path.join(job.temp, "brew"), 0o755);
    },
  });

  test("publishes what `brew style --fix` makes of a formula, and shows the remaining offenses", async () => {
    const step = await publish(withBrew(brew("sed -i 's/Widgets for everybody/Widgets/' \"$1\"", 1)));
    expect(step.conclusion).toBe("success");
    expect(tap.read("Formula/widget.rb")).toContain('desc "Widgets"\n');
    expect(step.annotations).toContainEqual(
      expect.objectContaining({ level: "warning", message: "widget.rb:3:1: C: Style/Something: do better." }),
    );
  });

  test("refuses the result of a `brew` that changed what is downloaded", async () => {
    const step = await publish(withBrew(brew('sed -i \'s/sha256 "../sha256 "00/\' "$1"', 0)));
    expect(step.conclusion).toBe("failure");
    expect(tap.commits).toEqual([]);
  });
});
