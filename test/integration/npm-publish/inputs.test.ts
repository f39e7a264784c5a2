import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { readManifest, readTarball } from "@release-actions/npm";
import { WRAPPER } from "../../npm/wrapper.ts";
import { describeWith } from "../../parts.ts";
import type { Job, StepResult } from "../../runner/job.ts";
import { type Setting, World } from "./world.ts";

jest.setTimeout(180_000);

describeWith(["cc"], "npm-publish, before it publishes anything", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.close());
  afterEach(() => world.proxy.reset());

  const uploads = (): string[] => world.proxy.passages.filter(({ method }) => method === "PUT").map(({ url }) => url);

  /** Makes a dry run. Returns the step, and the package.json files that it packs, by package name. */
  async function pack(name: string, setting: Setting): Promise<[StepResult, Record<string, Record<string, unknown>>]> {
    const manifests: Record<string, Record<string, unknown>> = {};
    const step = await world.publish(name, {
      ...setting,
      inputs: { "dry-run": "true", token: "", output: "packed", ...setting.inputs },
      inspect: async (_job, { outputs }) => {
        for (const file of (outputs["tarballs"] ?? "").split("\n").filter((line) => line !== "")) {
          const manifest = readManifest(await readTarball(readFileSync(file), file), file);
          manifests[String(manifest["name"])] = manifest;
        }
      },
    });
    return [step, manifests];
  }

  const base =
    (name: string, change: { wrapper?: string; manifest?: object; mode?: number } = {}) =>
    (job: Job): void => {
      const folder = job.file("npm");
      mkdirSync(path.join(folder, "src"), { recursive: true });
      const manifest = {
        name,
        version: "0.0.0-dev",
        license: "MIT",
        bin: { widget: "cli.js" },
        files: ["cli.js"],
        scripts: { build: "tsc" },
      };
      writeFileSync(path.join(folder, "package.json"), JSON.stringify({ ...manifest, ...change.manifest }));
      writeFileSync(path.join(folder, "cli.js"), (change.wrapper ?? WRAPPER).replace("NAME", name));
      chmodSync(path.join(folder, "cli.js"), change.mode ?? 0o755);
      writeFileSync(path.join(folder, "src/left-out.ts"), "");
    };

  test("uses the repository's own wrapper when it passes the contract, with the version of the release", async () => {
    const name = world.newName();
    const [step, manifests] = await pack(name, { inputs: { base: "npm" }, prepare: base(name) });
    // A warning says what the generated launcher does better: this one, when killed, leaves the program running.
    expect(step.annotations).toEqual([
      expect.objectContaining({ level: "warning", message: expect.stringContaining("SIGKILL to the launcher") }),
    ]);
    expect(step.conclusion).toBe("success");
    expect(manifests[name]).toMatchObject({
      ...{ name, version: "1.2.3", bin: { widget: "cli.js" }, scripts: {} },
      optionalDependencies: { [`${name}-linux-x64`]: "1.2.3", [`${name}-darwin-arm64`]: "1.2.3" },
    });
  });

  test.each<[what: string, change: Parameters<typeof base>[1], messages: string[]]>([
    [
      "that exits 0 when the program was killed or is missing (misleads 3)",
      {
        wrapper: `#!/usr/bin/env node\nconst { spawnSync } = require("child_process");\ntry {\n  const r = spawnSync(require.resolve("NAME-linux-x64/bin/widget"), process.argv.slice(2), { stdio: "inherit" });\n  process.exit(r.status || 0);\n} catch { console.error("no optional"); }\n`,
      },
      [
        "a program that SIGKILL ended gave exit code 0, expected exit code 137",
        "cannot run gave exit code 0, expected 126",
        "not installed gave exit code 0, expected 127",
      ],
    ],
    [
      "that swallows SIGHUP",
      { wrapper: WRAPPER.replace('"SIGHUP"', '"SIGUSR2"') },
      ["SIGHUP passed on gave exit code 129, expected exit code 41"],
    ],
    ["below a comment (misleads 18)", { wrapper: `// MIT\n${WRAPPER}` }, ["whose first line is not a shebang"]],
    [
      "with an install script (B156)",
      { manifest: { scripts: { postinstall: "node get.js" } } },
      ["the script `postinstall`"],
    ],
    ["for another package", { manifest: { name: "other" } }, ['says `name` is "other"']],
    ["that starts nothing", { manifest: { bin: undefined } }, ["has no `bin`"]],
  ])("refuses a wrapper %s", async (_what, change, messages) => {
    const name = world.newName();
    const [step] = await pack(name, { inputs: { base: "npm" }, prepare: base(name, change) });
    expect(step.conclusion).toBe("failure");
    for (const message of messages) expect(step.log).toContain(message);
  });

  test("takes fields from the template, from Cargo.toml and from `packages`, and names from `scope`", async () => {
    const [step, manifests] = await pack("", {
      inputs: {
        packages: "- fields: { author: Acme }\n",
        scope: "acme",
        template: "package.json.tmpl",
        platforms: "linux-x64",
      },
      prepare: ({ workspace }) => {
        const cargo =
          '[package]\nname = "widget"\nversion = "1.2.3"\nlicense = "MIT/Apache-2.0"\ndescription = "Widgets"\nkeywords = ["a"]\n';
        writeFileSync(path.join(workspace, "Cargo.toml"), cargo);
        mkdirSync(path.join(workspace, "src"));
        writeFileSync(path.join(workspace, "src/main.rs"), "");
        writeFileSync(
          path.join(workspace, "package.json.tmpl"),
          '{"name":"@acme/${node_pkg}","engines":{"node":">=18"}}',
        );
      },
    });
    expect(step.annotations).toEqual([]);
    const common = { license: "MIT OR Apache-2.0", author: "Acme", keywords: ["a"] };
    expect(manifests["@acme/widget"]).toMatchObject({ ...common, description: "Widgets", engines: { node: ">=16" } });
    expect(manifests["@acme/widget-linux-x64"]).toMatchObject({ ...common, engines: { node: ">=18" } });
  });

  test("finds the archives of a version by their names, and gives each machine one package of two C libraries", async () => {
    const name = world.newName();
    const inputs = { plan: "", version: "1.2.3", platforms: "linux-x64 linux-x64-musl" };
    const [step, manifests] = await pack(name, { inputs });
    expect(step.annotations).toEqual([]);
    expect(manifests[`${name}-linux-x64`]).toMatchObject({ libc: ["glibc"] });
    expect(manifests[`${name}-linux-x64-musl`]).toMatchObject({ libc: ["musl"] });
    expect(Object.keys(manifests).length).toBe(3);
  });

  test("packs only for platforms that are requested and were built", async () => {
    const name = world.newName();
    const inputs = { platforms: "linux-arm64-musl linux-x64 win32-x64" };
    const [step] = await pack(name, { inputs });
    expect(step.log).toContain("was not built for win32-x64, only for aarch64-apple-darwin");
    const [, manifests] = await pack(name, { inputs: { platforms: "linux-arm64-musl linux-x64" } });
    // A static program does not need the system's C library.
    expect(manifests[`${name}-linux-arm64-musl`]).not.toHaveProperty("libc");
    expect(manifests[`${name}-linux-x64`]).toMatchObject({ libc: ["glibc"] });
  });

  test("warns when the launcher cannot be tested on this machine", async () => {
    const [step] = await pack(world.newName(), { inputs: { platforms: "darwin-arm64" } });
    expect(step.conclusion).toBe("success");
    expect(step.annotations).toEqual([
      expect.objectContaining({ level: "warning", message: expect.stringContaining("was not tested") }),
    ]);
  });

  const remove =
    (file: string) =>
    ({ workspace }: Job): void =>
      renameSync(path.join(workspace, file), path.join(workspace, "gone"));

  test.each<[what: string, setting: Setting, message: string]>([
    [
      "no token and no identity (misleads 20)",
      { inputs: { token: "" } },
      "the input `token` is empty, and this job has no OIDC identity",
    ],
    [
      "a token that the registry does not accept (F109)",
      { inputs: { token: "npm_wrong" } },
      "does not accept the token",
    ],
    [
      "a registry without encryption",
      { inputs: { registry: "http://registry.example/" } },
      "expected an address that begins with https://",
    ],
    ["an invalid registry", { inputs: { registry: "nowhere" } }, "the registry is"],
    ["no plan (B124)", { inputs: { plan: "{}" } }, "has no `releases`"],
    [
      "a plan for another tag (B135)",
      { env: { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v9.9.9" } },
      "announces v1.2.3",
    ],
    [
      "a platform that was not built (F115)",
      { inputs: { platforms: "linux-x64 linux-riscv64" } },
      "widget was not built for linux-riscv64",
    ],
    [
      "a platform in Rust's words",
      { inputs: { platforms: "x86_64-unknown-linux-gnu" } },
      "expected <os>-<cpu> with Node's names",
    ],
    [
      "an archive that is missing",
      { prepare: remove("distrib/widget-x86_64-unknown-linux-gnu.tar.xz") },
      "is not in distrib",
    ],
    ["archives that do not exist", { inputs: { archives: "nowhere" } }, "the artifacts of this run cannot be reached"],
    [
      "an archive of another build (F129)",
      {
        prepare: ({ workspace }) =>
          writeFileSync(path.join(workspace, "distrib/widget-aarch64-apple-darwin.tar.xz"), "other"),
      },
      "but the finished build has",
    ],
    [
      "an archive without the program",
      { release: { change: (files) => void delete files["widget"] } },
      "has no widget",
    ],
    [
      "a program for another machine (B177)",
      {
        release: {
          change: (files, target) => {
            if (target.includes("gnu") && files["widget"])
              files["widget"] = Buffer.from(files["widget"]).fill(183, 18, 19);
          },
        },
      },
      "is a program for aarch64, expected a program for x86_64-unknown-linux-gnu",
    ],
    ["no licence", { inputs: { packages: "- package: widget" } }, "has no licence, expected an SPDX expression"],
    [
      "a name with capitals (B150)",
      { inputs: { packages: "- package: Widget\n  fields: { license: MIT }" } },
      '"Widget" is not a valid name of an npm package',
    ],
    [
      "one package twice",
      {
        inputs: { packages: "- { package: w, fields: { license: MIT } }\n- { package: w, fields: { license: MIT } }" },
      },
      "describes two packages named w-linux-x64",
    ],
    ["a plan of two apps when neither is chosen", { release: { apps: ["widget", "other"] } }, "name one of them"],
    ["a dist-tag that is a version", { inputs: { "dist-tag": "1.x" } }, "npm reads as a version"],
    ["an invalid rule", { inputs: { rules: "stable: latest" } }, "is not understood"],
    ["a template that does not exist", { inputs: { template: "nowhere.tmpl" } }, "cannot be read"],
    ["a wrapper that does not exist", { inputs: { base: "nowhere" } }, "expected a folder with a package.json"],
  ])("refuses %s, and uploads nothing", async (_what, setting, message) => {
    const step = await world.publish(world.newName(), setting);
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(message);
    expect(uploads()).toEqual([]);
  });
});
