import { symlinkSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { makeManifest } from "@release-actions/dist-plan/fixture";
import { FileTree } from "@release-actions/example-product";
import { readPage } from "@release-actions/ledger";
import { digestOf } from "@release-actions/oci";
import { describeWith } from "../parts.ts";
import { PASSWORD, RealRegistry, USER } from "../registry/real-registry.ts";
import { HELMS, type HelmProgram, helmOnPath } from "../release/helm-versions.ts";
import { readArtifact } from "../release/hosting.ts";
import type { StepOptions } from "../runner/job.ts";
import { Job, type StepResult } from "../runner/job.ts";
import { startGitHub } from "../stand-in/github.ts";
import { type FaultProxy, startProxy } from "../stand-in/proxy/proxy.ts";
import { writeFiles } from "../support/write-files.ts";

type Files = Readonly<Record<string, string>>;

const CHART = (version: string, appVersion = version): string =>
  `apiVersion: v2\nname: widget\ndescription: Widgets\ntype: application\nversion: ${version}\nappVersion: "${appVersion}"\n`;

/** A workspace with one chart, as a release of `version` finds it. */
function workspace(version = "1.2.3", change: Files = {}): Files {
  return {
    "plan.json": JSON.stringify(makeManifest({ version })),
    "charts/widget/Chart.yaml": CHART(version),
    "charts/widget/values.yaml": "replicas: 2\nimage: widget\n",
    "charts/widget/templates/deployment.yaml": [
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\nspec:",
      "  replicas: {{ .Values.replicas }}\n  selector: { matchLabels: { app: widget } }",
      "  template:\n    metadata: { labels: { app: widget } }\n    spec:\n      containers:",
      "        - name: widget\n          image: {{ .Values.image }}:{{ .Chart.AppVersion }}\n",
    ].join("\n"),
    ...change,
  };
}

describe.each(HELMS)("helm-publish with %s", (program) => {
  describeWith([program, "registry"], "and a registry", () => publishTests(program));
});

function publishTests(program: HelmProgram): void {
  let registry: RealRegistry;
  let proxy: FaultProxy;
  let count = 0;
  let searchPath: string;
  beforeAll(async () => {
    searchPath = await helmOnPath(program);
    registry = await RealRegistry.start();
    proxy = await startProxy(registry.origin);
  });
  afterAll(async () => {
    await proxy.close();
    await registry.close();
  });
  afterEach(() => proxy.reset());

  /** A place in the registry that no other test uses, reached through the proxy. */
  const newPlace = (): string => {
    count += 1;
    return `oci://${new URL(proxy.origin).host}/acme${count}`;
  };

  interface Setting {
    readonly files?: Files;
    /** Changed files of the workspace of 1.2.3. */
    readonly change?: Files;
    readonly inputs?: Files;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly stop?: StepOptions["stop"];
    readonly prepare?: (job: Job) => void;
  }

  async function run(registry: string, setting: Setting = {}): Promise<StepResult> {
    const { change, files = workspace("1.2.3", change), inputs = {}, env = {}, stop, prepare } = setting;
    const facts = { GITHUB_REPOSITORY: "acme/widget", GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main", ...env };
    await using job = await Job.open({ env: facts });
    job.write(files);
    prepare?.(job);
    const defaults = { plan: "plan.json", registry, username: USER, password: PASSWORD };
    const options = { inputs: { ...defaults, ...inputs }, env: { PATH: searchPath }, ...(stop && { stop }) };
    return await job.step("helm-publish", options);
  }

  const tagsAt = (place: string): Promise<readonly string[]> =>
    registry.client().tags(`${new URL(place.replace("oci:", "http:")).pathname.slice(1)}/widget`);

  /** Real Helm with a home of its own. It must not run synchronously, because the proxy runs in this process. */
  async function withHelm<T>(
    use: (helm: (...args: string[]) => Promise<string>, home: string) => Promise<T>,
  ): Promise<T> {
    using home = new FileTree();
    const env = { ...process.env, HELM_CONFIG_HOME: home.root, HELM_CACHE_HOME: home.root, HELM_DATA_HOME: home.root };
    const helm = async (...args: string[]): Promise<string> =>
      (await runCommand(program, args, { env, cwd: home.root, input: PASSWORD })).stdout;
    const host = new URL(proxy.origin).host;
    await helm("registry", "login", host, "--username", USER, "--password-stdin", "--plain-http");
    return await use(helm, home.root);
  }

  /** What a person who installs the chart gets. */
  const pullWithHelm = (place: string, version: string): Promise<{ shown: string; rendered: string }> =>
    withHelm(async (helm) => {
      await helm("pull", `${place}/widget`, "--version", version, "--plain-http");
      const file = `widget-${version}.tgz`;
      return { shown: await helm("show", "chart", file), rendered: await helm("template", "mine", file) };
    });

  test("publishes a chart that real Helm pulls and renders, and says what it did", async () => {
    const place = newPlace();
    const step = await run(place);
    expect(step.annotations).toEqual([]);
    expect(step.conclusion).toBe("success");
    expect(step.outputs).toEqual({
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      reference: `${place}/widget:1.2.3`,
      published: "true",
      charts: expect.stringContaining('"published":true'),
    });
    const { shown, rendered } = await pullWithHelm(place, "1.2.3");
    expect(shown).toContain("version: 1.2.3");
    expect(rendered).toContain("image: widget:1.2.3");
    expect(step.summary).toContain("pushed and read back");
    expect(step.masks).toContain(PASSWORD);
    expect(step.log).not.toContain(PASSWORD);
  });

  test("gives the same chart the same digest, and does nothing the second time", async () => {
    const [one, other] = [newPlace(), newPlace()];
    const first = await run(one);
    const elsewhere = await run(other);
    expect(elsewhere.outputs["digest"]).toBe(first.outputs["digest"]);
    proxy.reset();
    const again = await run(one);
    const charts = (first.outputs["charts"] ?? "").replace('"published":true', '"published":false');
    expect(again.outputs).toEqual({ ...first.outputs, published: "false", charts });
    expect(proxy.passages.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("treats an equal chart that Helm itself pushed as already published, unless equal charts are refused, too", async () => {
    const place = newPlace();
    await withHelm(async (helm, home) => {
      writeFiles(home, workspace());
      await helm("package", "charts/widget");
      await helm("push", "widget-1.2.3.tgz", place, "--plain-http");
    });
    const step = await run(place);
    expect(step.outputs["published"]).toBe("false");
    const refused = await run(place, { inputs: { "if-exists": "refuse" } });
    expect(refused.conclusion).toBe("failure");
    expect(refused.log).toContain("exists with equal content");
  });

  test("refuses different content under a published version, and does not replace it (F116, misleads 6)", async () => {
    const place = newPlace();
    const first = await run(place);
    const files = workspace("1.2.3", { "charts/widget/values.yaml": "replicas: 3\nimage: widget\n" });
    for (const mode of ["check", "publish"]) {
      const step = await run(place, { files, inputs: { mode, version: "1.2.3" } });
      expect(step.conclusion).toBe("failure");
      expect(step.log).toContain("exists with other content in 1 file such as widget/values.yaml");
      expect(step.outputs["published"]).toBe("false");
    }
    expect((await run(place)).outputs["digest"]).toBe(first.outputs["digest"]);
  });

  test("writes the plus of a build as an underscore in the tag (B147, misleads 7)", async () => {
    const place = newPlace();
    const step = await run(place, { files: workspace("1.2.3+hotfix.1") });
    expect(step.outputs["reference"]).toBe(`${place}/widget:1.2.3_hotfix.1`);
    expect(await tagsAt(place)).toEqual(["1.2.3_hotfix.1"]);
    expect((await pullWithHelm(place, "1.2.3+hotfix.1")).shown).toContain("version: 1.2.3+hotfix.1");
  });

  test("does not publish the chart of a pre-release where the rules say so", async () => {
    const place = newPlace();
    const step = await run(place, { files: workspace("1.3.0-rc.1"), inputs: { rules: "prerelease.chart: none" } });
    expect(step.conclusion).toBe("success");
    expect(step.log).toContain("the rules for the prerelease channel do not publish the chart");
    expect(await tagsAt(place)).toEqual([]);
  });

  test.each<[name: string, fault: Parameters<FaultProxy["inject"]>]>([
    ["an upload that is reset (F02)", [{ method: "PUT", url: /blobs/, times: 1 }, { kind: "reset" }]],
    ["a tag whose answer is lost (F03)", [{ method: "PUT", url: /manifests\/1/, times: 1 }, { kind: "lost-answer" }]],
    [
      "a registry that takes a while to show a tag (F117)",
      [
        { method: "GET", url: /manifests\/1/, skip: 2, times: 2 },
        { kind: "answer", status: 404 },
      ],
    ],
    ["a registry that is busy (F20)", [{ times: 2 }, { kind: "answer", status: 503, headers: { "retry-after": "0" } }]],
  ])("survives %s", async (_name, fault) => {
    const place = newPlace();
    const rule = proxy.inject(...fault);
    const step = await run(place);
    expect(step.conclusion).toBe("success");
    expect(rule.hits).toBeGreaterThan(0);
    expect(await tagsAt(place)).toEqual(["1.2.3"]);
  });

  test("publishes for the first time to GHCR, which denies access to names that were never pushed", async () => {
    const place = newPlace();
    const denied = { kind: "answer", status: 403 } as const;
    const rules = [/tags\/list/, /manifests\/1/].map((url) => proxy.inject({ method: "GET", url, times: 1 }, denied));
    const heads = proxy.inject({ method: "HEAD", url: /blobs/ }, denied);
    const step = await run(place);
    expect(step.outputs["published"]).toBe("true");
    expect([...rules, heads].map(({ hits }) => hits)).toEqual([1, 1, 2]);
    proxy.inject({}, denied);
    expect((await run(newPlace())).log).toContain(`refuses the user ${USER} (403)`);
  });

  test("checks what it can where a registry shows nothing without a password", async () => {
    const step = await run(newPlace(), { inputs: { mode: "check", version: "1.2.3", password: "" } });
    expect(step.conclusion).toBe("success");
    expect(step.log).toContain("skipped: without a password, the registry does not show its content");
  });

  test("leaves no tag when it is cancelled before the last step, and finishes the next time (F84, F85)", async () => {
    const place = newPlace();
    proxy.inject({ method: "PUT", url: /manifests\/1/ }, { kind: "stall" });
    const cancelled = await run(place, { stop: { when: /pushing the tag/ } });
    expect(cancelled.conclusion).toBe("cancelled");
    expect(cancelled.stopMs).toBeLessThan(7000);
    expect(await tagsAt(place)).toEqual([]);
    proxy.reset();
    expect((await run(place)).outputs["published"]).toBe("true");
    expect(proxy.passages.filter(({ method, url }) => method === "PUT" && /blobs/.test(url))).toEqual([]);
  });

  test("publishes only when the images of the rendered chart exist for every platform", async () => {
    const place = newPlace();
    const repository = `${place.split("/").at(-1)}/app`;
    const config = Buffer.from(
      JSON.stringify({ os: "linux", architecture: "arm64", rootfs: { type: "layers", diff_ids: [] } }),
    );
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const described = {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: digestOf(config),
      size: config.length,
    };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: described, layers: [] }));
    const client = registry.client();
    await client.pushBlob(repository, {
      digest: digestOf(config),
      size: config.length,
      read: async function* () {
        yield config;
      },
    });
    await client.pushManifest(repository, "1.2.3", { mediaType, digest: digestOf(bytes), bytes });
    const image = `${new URL(proxy.origin).host}/${repository}`;
    const files = workspace("1.2.3", { "charts/widget/values.yaml": `replicas: 1\nimage: ${image}\n` });
    const refused = await run(place, { files, inputs: { images: "linux/amd64 linux/arm64" } });
    expect(refused.log).toContain(`${image}:1.2.3 does not support linux/amd64, only linux/arm64`);
    expect(await tagsAt(place)).toEqual([]);
    const published = await run(place, { files, inputs: { images: "linux/arm64" } });
    expect(published.outputs["published"]).toBe("true");
  });

  test("leaves a ledger of the chart, from which the release notes advertise it", async () => {
    await using github = await startGitHub();
    const ghRun = github.addRun({ repository: "acme/widget" });
    const place = newPlace();
    const step = await run(place, { env: github.env(ghRun) });
    const [, ledger = ""] = /wrote the ledger (\S+)/.exec(step.log) ?? [];
    const { rows } = readPage(await readArtifact(github, ghRun, ledger, "ledger.json"));
    const expected = { channel: "chart", name: `${place}/widget`, version: "1.2.3", state: "verified" };
    expect(rows).toEqual([expect.objectContaining({ ...expected, digest: step.outputs["digest"] })]);
  });

  test("compares the chart with the tag in the plan phase, without a registry, a password or a plan", async () => {
    const inputs = { mode: "check", registry: "", password: "", plan: "nowhere" };
    const tag = (name: string) => ({ GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: name });
    const fits = await run("", { inputs, env: tag("v1.2.3") });
    expect(fits.conclusion).toBe("success");
    expect(fits.outputs).toMatchObject({ digest: "", reference: "", published: "false" });
    const other = await run("", { inputs, env: tag("v1.2.4") });
    expect(other.conclusion).toBe("failure");
    expect(other.annotations).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          level: "error",
          file: "charts/widget/Chart.yaml",
          line: 5,
          message: "the chart widget has the version 1.2.3, expected 1.2.4",
        }),
        expect.objectContaining({ line: 6 }),
      ]),
    );
    const branch = await run("", { inputs });
    expect(branch.log).toContain("no tag was pushed");
  });

  test.each<[name: string, setting: Setting, message: string]>([
    ["an empty password (misleads 20)", { inputs: { password: "" } }, "the input `password` is empty"],
    ["a wrong password (F106)", { inputs: { password: "wrong" } }, `refuses the user ${USER} (401)`],
    ["an empty registry", { inputs: { registry: "" } }, "the input `registry` is empty"],
    ["a registry without oci://", { inputs: { registry: "https://ghcr.io/acme" } }, "expected oci://"],
    [
      "a plan for another tag (B135)",
      { env: { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v9.9.9" } },
      "announces v1.2.3",
    ],
    [
      "a version that only a dependency has (B151, F127, misleads 9)",
      {
        change: {
          "charts/widget/Chart.yaml": `${CHART("1.2.2", "1.2.3")}dependencies:\n  - name: db\n    version: 1.2.3\n`,
        },
      },
      "the chart widget has the version 1.2.2, expected 1.2.3",
    ],
    [
      "a development version (B152)",
      { change: { "charts/widget/Chart.yaml": CHART("1.2.3-dev") } },
      "has the version 1.2.3-dev",
    ],
    [
      "an app version other than the requested one",
      { inputs: { "app-version": "7.0.0" } },
      "the chart widget has the appVersion 1.2.3, expected 7.0.0",
    ],
    [
      "a template that does not render",
      {
        change: { "charts/widget/templates/bad.yaml": "{{ fail `no way` }}\n" },
        inputs: { lint: "off" },
      },
      "the chart does not render with its default values",
    ],
    [
      "a finding of helm lint",
      { change: { "charts/widget/templates/bad.yaml": "{{ nonsense }}\n" } },
      "helm lint found problems in the chart",
    ],
    [
      "a dependency that is not in charts/",
      {
        change: {
          "charts/widget/Chart.yaml": `${CHART("1.2.3")}dependencies:\n  - name: db\n    version: 1.0.0\n    repository: https://charts.example\n`,
        },
        inputs: { lint: "off" },
      },
      "missing in charts/",
    ],
    [
      "two charts when neither is chosen",
      { change: { "charts/b/Chart.yaml": "" } },
      "2 charts (charts/b, charts/widget)",
    ],
    ["no chart", { inputs: { chart: "nowhere" } }, "there is no nowhere/Chart.yaml"],
    [
      "a Chart.yaml that is a link (B153)",
      {
        prepare: ({ workspace }) => symlinkSync("/etc/hostname", path.join(workspace, "Chart.yaml")),
        inputs: { chart: "." },
      },
      "is not a plain file",
    ],
    [
      "an image that does not exist",
      {
        change: { "charts/widget/values.yaml": "replicas: 1\nimage: REGISTRY/acme/app\n" },
        inputs: { images: "linux/amd64" },
      },
      "acme/app:1.2.3 does not exist",
    ],
  ])("refuses %s, and pushes nothing", async (_name, setting, message) => {
    const place = newPlace();
    const host = new URL(proxy.origin).host;
    const files = Object.fromEntries(
      Object.entries(workspace("1.2.3", setting.change)).map(([name, content]) => [
        name,
        content.replaceAll("REGISTRY", host),
      ]),
    );
    const step = await run(place, { ...setting, files });
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(message);
    expect(await tagsAt(place)).toEqual([]);
  });

  const manifestAt = async (place: string, tag: string): Promise<Record<string, unknown>> => {
    const repository = `${new URL(place.replace("oci:", "http:")).pathname.slice(1)}/widget`;
    const manifest = await registry.client().manifest(repository, tag);
    return JSON.parse(Buffer.from(manifest?.bytes ?? []).toString("utf8"));
  };

  test("gives the manifest the same annotations and config as `helm push` does", async () => {
    const [ours, theirs] = [newPlace(), newPlace()];
    const chart = `${CHART("1.2.3")}home: https://acme.example
sources: [https://github.com/acme/widget, https://example.org/two]
maintainers: [{ name: Ada, email: ada@example.org }, { name: Grace }]
keywords: [widget]
unknownField: 1
annotations:
  artifacthub.io/license: MIT
  org.opencontainers.image.title: another
`;
    const files = workspace("1.2.3", { "charts/widget/Chart.yaml": chart });
    expect((await run(ours, { files, env: { SOURCE_DATE_EPOCH: "1700000000" } })).conclusion).toBe("success");
    await withHelm(async (helm, home) => {
      writeFiles(home, files);
      await helm("package", "charts/widget");
      await helm("push", "widget-1.2.3.tgz", theirs, "--plain-http");
    });
    const [mine, helms] = [await manifestAt(ours, "1.2.3"), await manifestAt(theirs, "1.2.3")];
    const created = { "org.opencontainers.image.created": "2023-11-14T22:13:20Z" };
    expect(mine["annotations"]).toEqual({ ...Object(helms["annotations"]), ...created });
    const configOf = async (place: string, manifest: Record<string, unknown>): Promise<unknown> => {
      const repository = `${new URL(place.replace("oci:", "http:")).pathname.slice(1)}/widget`;
      return JSON.parse(
        Buffer.from(await registry.client().blob(repository, Object(manifest["config"]).digest, 1e6)).toString("utf8"),
      );
    };
    expect(await configOf(ours, mine)).toEqual(await configOf(theirs, helms));
  });

  test("publishes a library, which renders nothing, and a version with a v", async () => {
    const place = newPlace();
    const files = {
      "plan.json": JSON.stringify(makeManifest({ version: "1.2.3" })),
      "charts/widget/Chart.yaml": "apiVersion: v2\nname: widget\ntype: library\nversion: v1.2.3\n",
      "charts/widget/templates/_helpers.tpl": '{{- define "widget.name" -}}x{{- end -}}\n',
    };
    const step = await run(place, { files });
    expect([step.conclusion, step.outputs["reference"]]).toEqual(["success", `${place}/widget:v1.2.3`]);
  });

  test("renders a chart that requires values with those of ci/ or of an input, and says where there are none", async () => {
    const template =
      "kind: ConfigMap\napiVersion: v1\nmetadata: { name: {{ required `set a bucket` .Values.bucket }} }\n";
    const change = { "charts/widget/templates/bucket.yaml": template };
    const without = await run(newPlace(), { change });
    expect(without.conclusion).toBe("success");
    expect(without.annotations.map(({ message }) => message).join()).toContain("set a bucket");
    const ci = { ...change, "charts/widget/ci/s3-values.yaml": "bucket: b\n" };
    const withCi = await run(newPlace(), { change: ci });
    expect([withCi.conclusion, withCi.annotations]).toEqual(["success", []]);
    const bad = { ...ci, "charts/widget/ci/bad-values.yaml": "replicas: 1\n" };
    const refused = await run(newPlace(), { change: bad, inputs: { lint: "off" } });
    expect(refused.log).toContain("the chart does not render with charts/widget/ci/bad-values.yaml");
    const given = { change: { ...change, "v.yaml": "bucket: b\n" }, inputs: { values: "v.yaml" } };
    expect((await run(newPlace(), given)).annotations).toEqual([]);
  });

  test("publishes several charts, or none of them when one is wrong", async () => {
    const place = newPlace();
    const other = (version: string): Files => ({
      "charts/my.gear_box/Chart.yaml": CHART(version).replace("widget", "my.gear_box"),
      "charts/my.gear_box/templates/a.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: { name: a }\n",
    });
    const inputs = { chart: "charts/*" };
    const refused = await run(place, { change: other("1.2.2"), inputs });
    expect([refused.conclusion, await tagsAt(place)]).toEqual(["failure", []]);
    const step = await run(place, { change: other("1.2.3"), inputs });
    expect(step.conclusion).toBe("success");
    const charts: { name: string; published: boolean }[] = JSON.parse(step.outputs["charts"] ?? "");
    expect(charts.map(({ name, published }) => [name, published])).toEqual([
      ["my.gear_box", true],
      ["widget", true],
    ]);
  });

  test("refuses dependencies whose versions differ from Chart.lock", async () => {
    const depends = "dependencies:\n  - name: db\n    version: ~1.0\n    repository: https://charts.example\n";
    const lock = (version: string): string =>
      `dependencies:\n- name: db\n  repository: https://charts.example\n  version: ${version}\ndigest: sha256:00\ngenerated: "2026-01-01T00:00:00Z"\n`;
    const files = (version: string): Files =>
      workspace("1.2.3", {
        "charts/widget/Chart.yaml": `${CHART("1.2.3")}${depends}`,
        "charts/widget/Chart.lock": lock(version),
        "charts/widget/charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.4\n",
      });
    expect((await run(newPlace(), { files: files("1.0.3") })).log).toContain(
      "charts/db has the version 1.0.4, but Chart.lock has 1.0.3",
    );
    expect((await run(newPlace(), { files: files("1.0.4") })).conclusion).toBe("success");
  });
}
