import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { describeWith } from "../parts.ts";
import { PASSWORD, RealRegistry, USER } from "../registry/real-registry.ts";
import { HELMS, type HelmProgram, helmOnPath } from "../release/helm-versions.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { type LocalServer, startServer } from "../stand-in/http.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { writeFiles } from "../support/write-files.ts";

const PASSPHRASE = "correct horse battery";
const KEY = "Release Bot <bot@acme.example>";
const chartYaml = (name: string, more = ""): string =>
  `apiVersion: v2\nname: ${name}\ndescription: d\nversion: 1.2.3\nappVersion: "1.2.3"\n${more}`;
const CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-{{ .Chart.Name }}\n";

describe.each(HELMS)("helm-publish with %s", (program) => {
  describeWith([program, "registry", "gpg"], "signatures and dependencies", () => testsWith(program));
});

function testsWith(program: HelmProgram): void {
  let registry: RealRegistry;
  const work = temporaryFolder();
  let searchPath: string;
  beforeAll(async () => {
    [registry, searchPath] = await Promise.all([RealRegistry.start(), helmOnPath(program)]);
  });
  afterAll(() => registry.close());

  const helm = async (cwd: string, ...args: string[]): Promise<string> => {
    const env = { ...process.env, HELM_CONFIG_HOME: work, HELM_CACHE_HOME: work, HELM_DATA_HOME: work };
    return (await runCommand(program, args, { env, cwd, input: PASSWORD })).stdout;
  };

  async function run(
    place: string,
    files: Readonly<Record<string, string | Uint8Array>>,
    inputs: Readonly<Record<string, string>>,
  ): Promise<StepResult> {
    const facts = { GITHUB_REPOSITORY: "acme/widget", GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main" };
    await using job = await Job.open({ env: facts });
    const all = { "plan.json": JSON.stringify(makeManifest({ version: "1.2.3" })), ...files };
    job.write(all);
    const given = { plan: "plan.json", registry: place, username: USER, password: PASSWORD, ...inputs };
    return await job.step("helm-publish", { inputs: given, env: { PATH: searchPath } });
  }

  test("signs the chart, so that Helm can verify it when it pulls it, and does not sign it a second time", async () => {
    const home = mkdtempSync(path.join(work, "gpg-"));
    const gpg = async (...args: string[]): Promise<void> => {
      const quiet = ["--homedir", home, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", PASSPHRASE];
      await runCommand("gpg", [...quiet, ...args], { onOutput: () => undefined });
    };
    const [secret, open] = [path.join(home, "secring.gpg"), path.join(home, "pubring.gpg")];
    try {
      await gpg("--quick-generate-key", KEY, "rsa2048", "sign", "never");
      await gpg("--output", secret, "--export-secret-keys");
      await gpg("--output", open, "--export");
    } finally {
      await runCommand("gpgconf", ["--homedir", home, "--kill", "gpg-agent"], { check: false });
    }
    const files = {
      "charts/widget/Chart.yaml": chartYaml("widget"),
      "charts/widget/templates/a.yaml": CONFIG_MAP,
      "secring.gpg": readFileSync(secret),
    };
    const place = `oci://${registry.host}/signed`;
    const inputs = { "sign-key": "Release Bot", keyring: "secring.gpg", passphrase: PASSPHRASE };
    const step = await run(place, files, inputs);
    expect([step.conclusion, step.conclusion === "success" ? "" : step.log]).toEqual(["success", ""]);
    expect(step.log).not.toContain(PASSPHRASE);
    await helm(work, "registry", "login", registry.host, "--username", USER, "--password-stdin", "--plain-http");
    const verified = ["--verify", "--keyring", open, "--version", "1.2.3", "--plain-http"];
    const told = await runCommand(program, ["pull", `${place}/widget`, ...verified], {
      cwd: home,
      env: { ...process.env, HELM_CONFIG_HOME: work, HELM_CACHE_HOME: work, HELM_DATA_HOME: work },
    });
    expect(`${told.stdout}${told.stderr}`).toContain(`Signed by: ${KEY}`);
    const again = await run(place, files, inputs);
    expect(again.outputs).toMatchObject({ published: "false", digest: step.outputs["digest"] });
    const wrong = await run(`oci://${registry.host}/wrong`, files, { ...inputs, passphrase: "wrong" });
    expect([wrong.conclusion, wrong.log]).toEqual(["failure", expect.stringContaining("cannot package and sign")]);
    expect(await registry.client().tags("wrong/widget")).toEqual([]);
  });

  test("fetches the dependencies pinned in Chart.lock, when asked to", async () => {
    const shop = mkdtempSync(path.join(work, "shop-"));
    writeFiles(shop, { "db/Chart.yaml": chartYaml("db"), "db/templates/a.yaml": CONFIG_MAP });
    await helm(shop, "package", "db");
    await using server = await serveFolder(shop);
    const url = server.origin;
    await helm(shop, "repo", "index", ".", "--url", url);
    const depends = `dependencies:\n  - name: db\n    version: ~1.2\n    repository: ${url}\n`;
    writeFiles(shop, { "widget/Chart.yaml": chartYaml("widget", depends), "widget/templates/a.yaml": CONFIG_MAP });
    await helm(shop, "dependency", "update", "widget");
    const files = {
      "charts/widget/Chart.yaml": chartYaml("widget", depends),
      "charts/widget/Chart.lock": readFileSync(path.join(shop, "widget/Chart.lock")),
      "charts/widget/templates/a.yaml": CONFIG_MAP,
    };
    const place = `oci://${registry.host}/depends`;
    const refused = await run(place, files, { lint: "off" });
    expect([refused.conclusion, refused.log]).toEqual(["failure", expect.stringContaining("missing in charts/")]);
    const step = await run(place, files, { dependencies: "build" });
    expect([step.conclusion, step.conclusion === "success" ? "" : step.log]).toEqual(["success", ""]);
    const pulled = mkdtempSync(path.join(work, "pulled-"));
    await helm(work, "registry", "login", registry.host, "--username", USER, "--password-stdin", "--plain-http");
    await helm(pulled, "pull", `${place}/widget`, "--version", "1.2.3", "--plain-http", "--untar");
    expect(readdirSync(path.join(pulled, "widget/charts"))).toEqual(["db"]);
    expect(await helm(pulled, "template", "mine", "widget")).toContain("name: mine-db");
  });
}

/** A repository of charts: a folder behind HTTP. */
function serveFolder(folder: string): Promise<LocalServer> {
  return startServer((request, response) => {
    const name = path.basename(new URL(request.url ?? "/", "http://localhost").pathname);
    if (readdirSync(folder).includes(name)) response.end(readFileSync(path.join(folder, name)));
    else response.writeHead(404).end();
  });
}
