import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { readPage } from "@release-actions/ledger";
import { describeWith } from "../../parts.ts";
import { createRelease, hostRun, pushTag, readArtifact } from "../../release/hosting.ts";
import { checkSyntax, evaluateFormula } from "../../release/ruby.ts";
import { type Tap, TapServer } from "../../release/tap.ts";
import { Widget, type WidgetRelease } from "../../release/widget.ts";
import { Job, type StepOptions, type StepResult } from "../../runner/job.ts";
import { type GitHub, startGitHub } from "../../stand-in/github.ts";
import type { Repository, Run } from "../../stand-in/model.ts";

const MINUTES = 60_000;

jest.setTimeout(10 * MINUTES);
const GATEWAY = "https://acme.gateway.scarf.sh/widget";

/** A small release with the real cargo-dist and cargo, real git over HTTP and real Ruby. Only GitHub is a stand-in. */
describeWith(["dist", "cargo", "git", "ruby"], "a release of the small workspace", () => {
  const releases = new Map<string, WidgetRelease>();
  let github: GitHub;
  let taps: TapServer;
  let repository: Repository;
  let tap: Tap;
  let count = 0;

  beforeAll(async () => {
    [github, taps] = await Promise.all([startGitHub(), TapServer.start()]);
    using widget = new Widget();
    releases.set("1.2.3", await widget.release("1.2.3"));
    releases.set("1.2.3 again", await widget.release("1.2.3", { build: "second" }));
    for (const version of ["1.3.0", "1.2.4", "1.4.0-rc.1", "1.3.0+hotfix.1"]) {
      releases.set(version, await widget.release(version, { compile: false }));
    }
  });
  afterAll(async () => {
    await Promise.all([github.close(), taps.close()]);
  });
  beforeEach(() => {
    count += 1;
    repository = github.addRepository(`acme${count}/widget`);
    github.addCommit(repository, { ref: "refs/heads/main" });
    tap = taps.create(`tap${count}`);
  });

  /** The release with the URLs of this test's repository in its plan, as if it had been built there. */
  const built = (name: string): WidgetRelease => {
    const release = releases.get(name);
    if (release === undefined) throw new Error(`${name} was not built`);
    const rehosted = (text: string): string =>
      text
        .replaceAll("acme/widget", repository.fullName)
        .replace(/("owner":\s*)"acme"/g, `$1"${repository.owner}"`)
        .replace(/("repo":\s*)"widget"/g, `$1"${repository.name}"`);
    const isText = (file: string): boolean => /\.(rb|json)$/.test(file);
    const files = [...release.files].map(([file, content]): [string, Buffer] => [
      file,
      isText(file) ? Buffer.from(rehosted(content.toString())) : content,
    ]);
    return { ...release, plan: rehosted(release.plan), host: rehosted(release.host), files: new Map(files) };
  };

  /** Runs one step in a job of its own in the run. */
  async function step(
    run: Run,
    action: string,
    options: StepOptions,
    contents: "read" | "write" = "read",
  ): Promise<StepResult> {
    await using job = await Job.open({ env: github.env(run, undefined, { permissions: { contents } }) });
    return await job.step(action, options);
  }

  const channel = (run: Run) => step(run, "release-channel", {});
  const homebrew = (run: Run, inputs: Record<string, string> = {}, stop?: StepOptions["stop"]) =>
    step(run, "homebrew-publish", {
      inputs: { tap: tap.url, token: taps.token, ...inputs },
      ...(stop === undefined ? {} : { stop }),
    });
  const notes = (run: Run, stop?: StepOptions["stop"]) =>
    step(
      run,
      "release-notes",
      { inputs: { "scarf-gateway": GATEWAY }, ...(stop === undefined ? {} : { stop }) },
      "write",
    );

  /** Does everything that a tag triggers before the publishers start. */
  async function start(name: string): Promise<Run> {
    const run = await hostRun(github, repository, built(name));
    if (!repository.releases.some(({ tagName }) => tagName === built(name).tag))
      await createRelease(github, repository, built(name));
    return run;
  }

  const body = (): string => repository.releases.at(-1)?.body ?? "";

  test("goes from the tag to the tap and the notes, and a second run changes nothing", async () => {
    const run = await start("1.2.3");
    const decision = await channel(run);
    expect(decision.outputs).toMatchObject({
      channel: "stable",
      "is-latest": "true",
      "image-tags": "1.2.3\n1.2\nlatest",
      formula: "push",
    });

    const published = await homebrew(run);
    expect(published.conclusion).toBe("success");
    expect(published.outputs).toMatchObject({ pushed: "true", commit: tap.git("rev-parse", "main").trim() });
    expect(tap.commits).toEqual(["widget, widget-server 1.2.3"]);
    expect(tap.files).toEqual(["Formula/widget-server.rb", "Formula/widget.rb"]);
    expect(tap.read("Formula/widget.rb")).toBe(built("1.2.3").files.get("widget.rb")?.toString());

    const announced = await notes(run);
    expect(announced.conclusion).toBe("success");
    expect(announced.outputs["changed"]).toBe("true");
    expect(body()).toContain("brew install acme/tap");
    expect(body()).toContain(`](${GATEWAY}/v1.2.3/widget-aarch64-apple-darwin.tar.xz)`);
    expect(body()).not.toContain("docker pull");
    expect(body()).toMatch(/\| github \| .* \| v1\.2\.3 \| verified \|/);

    const before = { body: body(), commit: tap.git("rev-parse", "main") };
    github.rerun(run);
    expect((await homebrew(run)).outputs).toMatchObject({ pushed: "false", commit: before.commit.trim() });
    expect((await notes(run)).outputs["changed"]).toBe("false");
    expect({ body: body(), commit: tap.git("rev-parse", "main") }).toEqual(before);
  });

  test("publishes formulae that real Ruby evaluates to the URL and sha256 of every platform", async () => {
    await homebrew(await start("1.2.3"), { "scarf-gateway": GATEWAY });
    const sums = built("1.2.3").files.get("sha256.sum")?.toString() ?? "";
    for (const app of ["widget", "widget-server"]) {
      const file = `${app}.rb`;
      const text = tap.read(`Formula/${file}`);
      expect(await checkSyntax(file, text)).toMatchObject({ exitCode: 0, stdout: "Syntax OK\n" });
      for (const [os, cpu, target] of [
        ["macos", "arm", "aarch64-apple-darwin"],
        ["macos", "intel", "x86_64-apple-darwin"],
        ["linux", "arm", "aarch64-unknown-linux-musl"],
        ["linux", "intel", "x86_64-unknown-linux-gnu"],
      ] as const) {
        const archive = `${app}-${target}.tar.xz`;
        const facts = await evaluateFormula(file, text, os, cpu);
        expect(facts).toMatchObject({
          version: "1.2.3",
          url: `${GATEWAY}/v1.2.3/${archive}`,
          mirrors: [`https://github.com/${repository.fullName}/releases/download/v1.2.3/${archive}`],
        });
        expect(sums).toContain(`${facts.sha256} *${archive}\n`);
      }
    }
  });

  describe("killed in the middle", () => {
    let run: Run;
    let own: Repository;
    beforeAll(async () => {
      own = github.addRepository("acme/killed");
      github.addCommit(own, { ref: "refs/heads/main" });
      repository = own;
      run = await start("1.2.3");
    });

    test.each([
      ["the clone begins", /\[command\]git clone/],
      ["the commit begins", /\[command\]git commit/],
      ["the push begins", /\[command\]git push/],
      ["the push is done", /\[command\]git fetch/],
      ["the ledger is written", /wrote the ledger/],
    ])("when %s, completes in the next attempt and publishes nothing twice", async (_name, when) => {
      expect((await homebrew(run, {}, { when, by: "SIGKILL" })).conclusion).not.toBe("success");
      github.rerun(run);
      expect((await homebrew(run)).conclusion).toBe("success");
      expect(tap.commits).toEqual(["widget, widget-server 1.2.3"]);
    });

    test("when the notes are updated, finds them up to date in the next attempt", async () => {
      repository = own;
      expect((await notes(run, { when: /notes of v1.2.3 were updated/, by: "SIGKILL" })).conclusion).not.toBe(
        "success",
      );
      const updated = body();
      expect(updated).toContain(GATEWAY);
      github.rerun(run);
      expect((await notes(run)).outputs["changed"]).toBe("false");
      expect(body()).toBe(updated);
    });
  });

  test("keeps a backport out of the tap, or beside the newest version when asked", async () => {
    await homebrew(await start("1.3.0"));
    const run = await start("1.2.4");
    expect((await channel(run)).outputs).toMatchObject({
      channel: "backport",
      "image-tags": "1.2.4\n1.2",
      "npm-dist-tag": "release-1.2",
      formula: "refuse",
    });
    const refused = await homebrew(run);
    expect(refused.conclusion).toBe("failure");
    expect(refused.log).toContain("widget.rb is in the tap at 1.3.0, and 1.2.4 is lower");
    expect(tap.commits).toHaveLength(1);
    await notes(run);
    expect(body()).not.toContain("brew install");

    const beside = await homebrew(run, { rules: "backport.formula: versioned" });
    expect(beside.outputs["pushed"]).toBe("true");
    expect(tap.files).toContain("Formula/widget@1.2.rb");
    const facts = await evaluateFormula("widget@1.2.rb", tap.read("Formula/widget@1.2.rb"), "macos", "arm");
    expect(facts).toMatchObject({ version: "1.2.4", keg_only: "versioned_formula" });
    expect(tap.read("Formula/widget.rb")).toContain('version "1.3.0"');
    await notes(run);
    expect(body()).toContain("widget@1.2\n");
  });

  test("commits a pre-release without pushing it", async () => {
    await homebrew(await start("1.3.0"));
    const run = await start("1.4.0-rc.1");
    expect((await channel(run)).outputs).toMatchObject({
      channel: "prerelease",
      "is-latest": "false",
      "image-tags": "1.4.0-rc.1",
      "npm-dist-tag": "next",
    });
    const step = await homebrew(run);
    expect(step.conclusion).toBe("success");
    expect(step.outputs).toMatchObject({ pushed: "false", commit: expect.stringMatching(/^[0-9a-f]{40}$/) });
    expect(tap.commits).toEqual(["widget, widget-server 1.3.0"]);
    await notes(run);
    expect(body()).not.toContain("brew install");
    expect(body()).toContain("skipped: a pre-release is committed, but not pushed");
  });

  test("refuses a hotfix that differs only in build metadata, which Homebrew cannot distinguish from its version", async () => {
    await homebrew(await start("1.3.0"));
    const run = await start("1.3.0+hotfix.1");
    expect((await channel(run)).outputs).toMatchObject({
      channel: "build",
      "image-tags": "1.3.0_hotfix.1",
      "npm-dist-tag": "",
      chart: "1.3.0_hotfix.1",
    });
    const step = await homebrew(run);
    expect(step.conclusion).toBe("failure");
    expect(tap.read("Formula/widget.rb")).toContain('version "1.3.0"\n');
  });

  test("refuses different bytes under a published version, unless told to republish", async () => {
    await homebrew(await start("1.2.3"));
    const before = tap.git("rev-parse", "main");
    const again = await hostRun(github, repository, built("1.2.3 again"));
    const refused = await homebrew(again);
    expect(refused.conclusion).toBe("failure");
    expect(refused.log).toContain("is in the tap at 1.2.3 with other checksums");
    expect(tap.git("rev-parse", "main")).toBe(before);
    const unequal = await notes(again);
    expect(unequal.conclusion).toBe("failure");
    expect(unequal.log).toContain("but the finished build has sha256:");
    expect((await homebrew(again, { republish: "true" })).outputs["pushed"]).toBe("true");
    expect(tap.commits).toHaveLength(2);
  });

  test("stops when the workflow runs for a tag other than the planned one", async () => {
    const run = await start("1.2.3");
    pushTag(github, repository, "v9.9.9");
    const other = { ...run, headBranch: "refs/tags/v9.9.9" };
    github.world.runs.push(other);
    for (const result of [await channel(other), await homebrew(other), await notes(other)]) {
      expect(result.conclusion).toBe("failure");
      expect(result.log).toContain("runs for the tag v9.9.9, but the plan announces v1.2.3");
    }
    expect(tap.commits).toEqual([]);
  });

  test("writes its ledger beside the release, never into it", async () => {
    const run = await start("1.2.3");
    await homebrew(run);
    await notes(run);
    const pages = github.world.artifactsOf(run).filter(({ name }) => name.startsWith("ledger-"));
    expect(pages.filter(({ name }) => name.endsWith("-begun"))).toHaveLength(2);
    const ledgers = pages.filter(({ name }) => !name.endsWith("-begun"));
    expect(ledgers.map(({ name }) => name.replace(/-1-[0-9a-f]{8}$/, "")).sort()).toEqual([
      "ledger-github",
      "ledger-homebrew",
    ]);
    for (const { name } of ledgers) {
      const page = readPage((await readArtifact(github, run, name, "ledger.json")).toString());
      expect(page.rows.map(({ state }) => state)).toEqual(page.rows.map(() => "verified"));
    }
    expect(repository.releases[0]?.assets.map(({ name }) => name).filter((name) => name.startsWith("ledger"))).toEqual(
      [],
    );
  });
});
