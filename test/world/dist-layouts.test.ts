import { chmodSync, cpSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { compilePrograms, makeTarball, type Programs } from "../npm/archives.ts";
import { CLIENTS } from "../npm/clients.ts";
import { describeWith } from "../parts.ts";
import { DIST_LAYOUTS, type DistLayout } from "../release/dist-layouts.ts";
import { createRelease, hostRun } from "../release/hosting.ts";
import { type Tap, TapServer } from "../release/tap.ts";
import { DistProject, type WidgetRelease } from "../release/widget.ts";
import { Job, type StepOptions, type StepResult } from "../runner/job.ts";
import { type GitHub, startGitHub } from "../stand-in/github.ts";
import { type LocalServer, startServer } from "../stand-in/http.ts";
import type { Run } from "../stand-in/model.ts";
import { sample } from "./bring.ts";

const MINUTES = 60_000;

jest.setTimeout(5 * MINUTES);
const GATEWAY = "https://acme.gateway.scarf.sh/widget";

/** Runs every action that reads the output of the real cargo-dist: none may refuse a setup that cargo-dist accepts. */
describeWith(["cc", "dist", "cargo", "git"], "a release by the real cargo-dist", () => {
  let github: GitHub;
  let taps: TapServer;
  let programs: Programs;
  /** An empty registry, as before the first release. */
  let npm: LocalServer;
  let count = 0;
  beforeAll(async () => {
    npm = await startServer((_request, response) =>
      response.writeHead(404, { "content-type": "application/json" }).end("{}"),
    );
    [github, taps, programs] = await Promise.all([startGitHub(), TapServer.start(), compilePrograms()]);
  });
  afterAll(async () => {
    await Promise.all([npm[Symbol.asyncDispose](), github.close(), taps.close()]);
  });

  /** An archive with a program for its target, or a text if the tests have no program for that target. */
  const archive = (name: string, target: string): Buffer => {
    const [app = ""] = name.split(`-${target}`);
    const program = Object.entries(programs).find(([each]) => each === target)?.[1];
    return program === undefined
      ? Buffer.from(`in place of ${name}\n`)
      : makeTarball(`${app}-${target}`, { [app]: program, LICENSE: Buffer.from("MIT\n") });
  };

  /** Runs one step in a job of its own, with the checkout of the project. */
  async function step(run: Run, project: DistProject, action: string, options: StepOptions): Promise<StepResult> {
    await using job = await Job.open({ env: github.env(run, undefined, { permissions: { contents: "write" } }) });
    const isSource = (file: string): boolean => !path.relative(project.folder, file).startsWith("target");
    cpSync(project.folder, job.workspace, { recursive: true, filter: isSource });
    return await job.step(action, options);
  }

  const expectSuccess = (what: string, { conclusion, log }: StepResult): void =>
    expect([what, conclusion, conclusion === "success" ? "" : log]).toEqual([what, "success", ""]);

  /** Creates the release on the stand-in for GitHub, with the artifacts of its run. */
  async function host({ repository = "acme/widget" }: DistLayout, release: WidgetRelease): Promise<Run> {
    // The repository is the one that the plan names, which can differ from the one that runs the workflow.
    const hosted = github.world.repository(repository) ?? github.addRepository(repository);
    const own = github.world.repository("acme/widget") ?? github.addRepository("acme/widget");
    const run = await hostRun(github, own, release);
    hosted.releases.length = 0;
    for (const each of [hosted, own])
      for (const ref of each.refs.keys()) if (ref !== `refs/tags/${release.tag}`) each.refs.delete(ref);
    // A release in another repository puts its tag on that repository's default branch.
    if (hosted !== own) github.addCommit(hosted, { ref: "refs/heads/main" });
    await createRelease(github, hosted, release);
    return run;
  }

  async function check(layout: DistLayout, project: DistProject, release: WidgetRelease, tap: Tap): Promise<void> {
    const run = await host(layout, release);
    const plan = await step(run, project, "plan-check", {});
    expectSuccess("plan-check", plan);
    expect([plan.outputs["version"], plan.outputs["missing"]]).toEqual([layout.version, "[]"]);
    if (layout.formulae.length > 0) {
      const inputs = { tap: tap.url, token: taps.token, style: "layout", "github-token": "", prerelease: "push" };
      expectSuccess("homebrew-publish", await step(run, project, "homebrew-publish", { inputs }));
      const files = tap.git("ls-tree", "-r", "--name-only", "main").trim().split("\n");
      expect(files.filter((file) => file.endsWith(".rb")).sort()).toEqual(
        layout.formulae.map((file) => `Formula/${file}`).sort(),
      );
    }
    if (layout.npm) await checkNpm(layout, run, project);
    if (layout.repository === undefined) return;
    const hosted = github.world.repository(layout.repository);
    if (hosted === undefined) throw new Error(`${layout.repository} is not on the stand-in`);
    // A job's own token can write only in its own repository.
    const token = github.token(hosted, { contents: "write" });
    expectSuccess("release-notes", await step(run, project, "release-notes", { inputs: { token } }));
    const [{ body = "" } = {}] = hosted.releases;
    for (const app of layout.apps) expect([app, body.includes(`${app}-`)]).toEqual([app, true]);
    const inputs = { gateway: GATEWAY, release: release.tag, repository: layout.repository, token };
    const rewritten = await step(run, project, "scarf-rewrite", { inputs });
    expectSuccess("scarf-rewrite", rewritten);
    expect(Number(rewritten.outputs["count"])).toBeGreaterThan(0);
  }

  async function checkNpm({ apps }: DistLayout, run: Run, project: DistProject): Promise<void> {
    const bin = path.join(project.folder, "target/npm-bin");
    mkdirSync(bin, { recursive: true });
    symlinkSync(CLIENTS.npm, path.join(bin, "npm"));
    chmodSync(CLIENTS.npm, 0o755);
    const inputs = {
      ...{
        "dry-run": "true",
        registry: npm.origin,
        platforms: "linux-x64 linux-arm64",
        provenance: "false",
      },
      packages: apps.map((app) => `- app: ${app}\n  package: "@acme/${app}"\n`).join(""),
    };
    const env = { PATH: [bin, process.env["PATH"]].join(path.delimiter) };
    const { conclusion, log, outputs } = await step(run, project, "npm-publish", { inputs, env });
    expect(["npm-publish", conclusion, conclusion === "success" ? "" : log]).toEqual(["npm-publish", "success", ""]);
    expect(JSON.parse(outputs["skipped"] ?? "[]")).toHaveLength(3 * apps.length);
  }

  test.each(sample(DIST_LAYOUTS, 2).map((layout) => [layout.name, layout] as const))(
    "passes: %s",
    async (_name, layout) => {
      count += 1;
      using project = new DistProject(layout.files);
      const release = await project.releaseTag(layout.tag, layout.version, { compile: false, archive });
      await check(layout, project, release, taps.create(`layout${count}`));
    },
  );
});
