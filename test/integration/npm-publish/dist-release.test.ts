import { cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { readPage } from "@release-actions/ledger";
import { CLIENTS } from "../../npm/clients.ts";
import { describeWith } from "../../parts.ts";
import { hostRun, readArtifact } from "../../release/hosting.ts";
import { Widget, type WidgetRelease } from "../../release/widget.ts";
import { Job } from "../../runner/job.ts";
import { type GitHub, startGitHub } from "../../stand-in/github.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { World } from "./world.ts";

jest.setTimeout(600_000);

/** Publishes to npm what the real cargo-dist and cargo built, from the artifacts of their run. */
describeWith(["cc", "dist", "cargo"], "npm-publish of a release of the small workspace", () => {
  let world: World;
  let github: GitHub;
  let release: WidgetRelease;
  const folder = temporaryFolder();
  beforeAll(async () => {
    using widget = new Widget();
    [world, github] = await Promise.all([World.start(), startGitHub()]);
    release = await widget.release("1.2.3");
  });
  afterAll(async () => {
    await Promise.all([world.close(), github.close()]);
  });

  test("publishes both programs from the archives in the run, and leaves a ledger of them", async () => {
    const repository = github.addRepository("acme/widget");
    const run = await hostRun(github, repository, release);
    await using job = await Job.open({ env: github.env(run) });
    // Licence and description come from its Cargo.toml files.
    cpSync(path.join(import.meta.dirname, "../../fixtures/widget"), job.workspace, { recursive: true });
    const packages = '- { app: widget, package: "@acme/widget" }\n- { app: widget-server, package: "@acme/server" }\n';
    const step = await job.step("npm-publish", {
      inputs: { packages, registry: world.registry.origin, token: world.token, platforms: "linux-x64" },
      env: { PATH: world.searchPath },
    });
    expect(step.annotations).toEqual([]);
    expect(step.conclusion).toBe("success");
    const names = ["@acme/widget-linux-x64", "@acme/server-linux-x64", "@acme/widget", "@acme/server"];
    const published: { name: string }[] = JSON.parse(step.outputs["published"] ?? "");
    // Both platform packages come first, so that neither program can be installed before its parts exist.
    expect(published.map(({ name }) => name).sort()).toEqual([...names].sort());
    const uploads = step.log.match(/(?<=^publishing )\S+(?=@1)/gm);
    expect(uploads).toEqual(names);

    const [, ledger = ""] = /wrote the ledger (\S+)/.exec(step.log) ?? [];
    const { rows } = readPage(await readArtifact(github, run, ledger, "ledger.json"));
    expect(rows.map((row) => [row.channel, row.name, row.version, row.state])).toEqual(
      expect.arrayContaining(names.map((name) => ["npm", name, "1.2.3", "verified"])),
    );
    expect(rows.every(({ digest }) => digest?.startsWith("sha512-"))).toBe(true);

    writeFileSync(path.join(folder, "package.json"), "{}");
    const env = { ...process.env, HOME: folder, npm_config_registry: world.registry.origin };
    const install = [CLIENTS.npm, "install", "@acme/widget", "@acme/server"];
    await runCommand(process.execPath, install, { cwd: folder, env });
    const { stdout } = await runCommand(path.join(folder, "node_modules/.bin/widget"), [], { env });
    expect(stdout).toBe("widget 1.2.3 (first)\n");
  });
});
