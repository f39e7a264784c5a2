import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { integrityOf, readManifest, readTarball } from "@release-actions/npm";
import { describeWith } from "../../parts.ts";
import type { StepResult } from "../../runner/job.ts";
import { World } from "./world.ts";

/** Each package is published by a process of its own, which is slow on a busy machine. */
jest.setTimeout(180_000);

/** A platform other than this machine's, so that the launcher is not tested each time. */
const FOREIGN = "darwin-arm64";

type Fault = Parameters<World["proxy"]["inject"]>;

describeWith(["cc"], "npm-publish", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  });
  afterAll(() => world.close());
  afterEach(() => world.proxy.reset());

  const parsed = (step: StepResult, output: string): Record<string, string>[] => JSON.parse(step.outputs[output] ?? "");
  const namesIn = (step: StepResult, output: string): (string | undefined)[] =>
    parsed(step, output).map(({ name }) => name);
  const uploads = (): string[] =>
    world.proxy.passages.filter(({ method }) => method === "PUT").map(({ url }) => decodeURIComponent(url));

  test("publishes the platforms first, then the base, reads them back, does nothing the second time, and refuses different content (F114, F115, misleads 6)", async () => {
    const name = world.newName();
    const first = await world.publish(name, { inputs: { platforms: "" } });
    expect(first.annotations).toEqual([]);
    expect(first.conclusion).toBe("success");
    const names = ["-linux-x64", "-linux-arm64", "-darwin-x64", "-darwin-arm64", ""].map((suffix) => name + suffix);
    expect(namesIn(first, "published")).toEqual(names);
    expect(parsed(first, "skipped")).toEqual([]);
    expect(uploads()).toEqual(names.map((each) => `/${each}`));
    for (const { name: each = "", version = "", integrity, tag } of parsed(first, "published")) {
      const packument = await world.client().packument(each);
      expect([packument?.versions.get(version)?.integrity, tag]).toEqual([integrity, "latest"]);
    }
    expect(first.summary).toContain("published and read back");
    expect(first.masks).toContain(world.token);
    expect(first.log).not.toContain(world.token);

    world.proxy.reset();
    const again = await world.publish(name, { inputs: { platforms: "" } });
    expect(again.conclusion).toBe("success");
    expect(namesIn(again, "skipped")).toEqual(names);
    expect(parsed(again, "published")).toEqual([]);
    expect(uploads()).toEqual([]);

    const other = await world.publish(name, { release: { build: "second" } });
    expect(other.conclusion).toBe("failure");
    expect(other.log).toContain(
      `${name}-linux-x64@1.2.3 is published with other content: 1 file differs, such as README.md`,
    );
    expect(uploads()).toEqual([]);
  });

  test("when killed between any two packages, publishes the rest in the next try (F85, F115)", async () => {
    const name = world.newName();
    const all = [`${name}-linux-x64`, `${name}-darwin-arm64`, name];
    for (const last of all.slice(0, 2)) {
      const when = new RegExp(`published ${last}@1.2.3 and read it back`);
      const killed = await world.publish(name, { stop: { when, by: "SIGKILL" } });
      expect(killed.signal).toBe("SIGKILL");
      // Until all parts are published, nobody can install any of them.
      expect(await world.tags(name)).toEqual({});
    }
    const finished = await world.publish(name);
    expect(finished.conclusion).toBe("success");
    expect(namesIn(finished, "skipped")).toEqual(expect.arrayContaining(all.slice(0, 2)));
    expect(await world.tags(name)).toEqual({ latest: "1.2.3" });
  });

  test("stops quickly when it is cancelled in the middle of an upload (F84)", async () => {
    const name = world.newName();
    world.proxy.inject({ method: "PUT" }, { kind: "stall" });
    const stop = { when: /publishing .* with the dist-tag/ };
    const step = await world.publish(name, { inputs: { platforms: FOREIGN }, stop });
    expect(step.conclusion).toBe("cancelled");
    expect(step.stopMs).toBeLessThan(7000);
    expect(await world.tags(`${name}-${FOREIGN}`)).toEqual({});
  });

  test("gives a backport and a pre-release tags of their own, so that `latest` never goes back (F119, F122, misleads 4, 5)", async () => {
    const name = world.newName();
    const inputs = { platforms: FOREIGN };
    await world.publish(name, { version: "1.3.1", inputs });
    const backport = await world.publish(name, { version: "1.2.4", inputs });
    expect(parsed(backport, "published").map(({ tag }) => tag)).toEqual(["release-1.2", "release-1.2"]);
    const prerelease = await world.publish(name, { version: "1.4.0-rc.1", inputs });
    expect(prerelease.conclusion).toBe("success");
    const tags = { latest: "1.3.1", "release-1.2": "1.2.4", next: "1.4.0-rc.1" };
    expect(await world.tags(name)).toEqual(tags);
    expect(await world.tags(`${name}-${FOREIGN}`)).toEqual(tags);

    const backwards = await world.publish(name, { version: "1.2.5", inputs: { ...inputs, "dist-tag": "latest" } });
    expect(backwards.conclusion).toBe("failure");
    expect(backwards.log).toContain("is at 1.3.1, which is newer than 1.2.5");
    // Running an old run again changes nothing either.
    await world.publish(name, { version: "1.2.4", inputs });
    expect(await world.tags(name)).toEqual(tags);
  });

  test("does not publish a version with build metadata, which npm would drop (misleads 7)", async () => {
    const name = world.newName();
    const step = await world.publish(name, { version: "1.7.4+hotfix.1", inputs: { platforms: FOREIGN } });
    expect(step.conclusion).toBe("success");
    expect(parsed(step, "skipped")[0]?.["reason"]).toBe(
      "the rules for the build channel do not publish the npm package",
    );
    expect(uploads()).toEqual([]);
  });

  /** The first package meets the first fault, the second package meets the second. */
  test.each<[string, Fault, Fault]>([
    [
      "answers 500, and 409 as while it still processes a publish",
      [
        { method: "PUT", times: 1 },
        { kind: "answer", status: 500, body: "{}" },
      ],
      [
        { method: "PUT", times: 1 },
        { kind: "answer", status: 409, body: '{"error":"Failed to save packument"}' },
      ],
    ],
    [
      "accepts the package, but its answer is lost or replaced with a 502 (F03, F31)",
      [{ method: "PUT", times: 1 }, { kind: "lost-answer" }],
      [
        { method: "PUT", times: 1 },
        { kind: "status", status: 502 },
      ],
    ],
    [
      "answers reads with 503, and with a proxy's page (F13, F26)",
      [
        { method: "GET", times: 2 },
        { kind: "answer", status: 503, headers: { "retry-after": "0" } },
      ],
      [
        { method: "GET", url: /widget/, times: 1 },
        { kind: "answer", status: 200, body: "<html>" },
      ],
    ],
  ])("finishes when the registry %s", async (_what, ...faults) => {
    const name = world.newName();
    const rules = faults.map((fault) => world.proxy.inject(...fault));
    const step = await world.publish(name, { inputs: { platforms: FOREIGN } });
    expect(step.conclusion).toBe("success");
    expect(rules.map(({ hits }) => hits > 0)).toEqual([true, true]);
    expect(await world.tags(name)).toEqual({ latest: "1.2.3" });
  });

  test("finishes when the registry is slow and busy (F20)", async () => {
    const name = world.newName();
    Object.assign(world.proxy.limits, { latencyMs: 200, bytesPerSecond: 200_000 });
    world.proxy.inject({ method: "PUT", times: 1 }, { kind: "answer", status: 429, headers: { "retry-after": "0" } });
    const step = await world.publish(name, { inputs: { platforms: FOREIGN } });
    expect(step.conclusion).toBe("success");
  });

  test("treats a refused read as an error, not as a missing package", async () => {
    const name = world.newName();
    world.proxy.inject({ method: "GET", url: /widget/ }, { kind: "answer", status: 403, body: '{"error":"blocked"}' });
    const step = await world.publish(name);
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain("answered 403");
    expect(uploads()).toEqual([]);
  });

  test("sets a `latest` that was never set, or was moved back", async () => {
    const name = world.newName();
    const inputs = { platforms: FOREIGN };
    await world.publish(name, { inputs: { ...inputs, "dist-tag": "canary" } });
    const step = await world.publish(name, { inputs });
    expect(step.conclusion).toBe("success");
    expect((await world.tags(name))["latest"]).toBe("1.2.3");
  });

  test("in a dry run, leaves tarballs and uploads nothing, without a token", async () => {
    const name = world.newName();
    const contents: string[][] = [];
    const step = await world.publish(name, {
      inputs: { "dry-run": "true", token: "", output: "packed", platforms: "linux-x64", analytics: "scarf" },
      inspect: async (_job, { outputs }) => {
        for (const file of (outputs["tarballs"] ?? "").split("\n")) {
          const files = await readTarball(readFileSync(file), file);
          const manifest = readManifest(files, file);
          contents.push([
            path.basename(file),
            ...[...files].map(([each, { executable }]) => (executable ? `${each}*` : each)),
          ]);
          if (manifest["name"] === name) {
            expect(manifest).toMatchObject({
              ...{
                version: "1.2.3",
                license: "MIT",
                bin: { widget: "bin/widget.js" },
                homepage: "https://github.com/acme/widget#readme",
              },
              optionalDependencies: { [`${name}-linux-x64`]: "1.2.3" },
              dependencies: { "@scarf/scarf": expect.any(String) },
            });
          } else {
            expect(manifest).toMatchObject({
              ...{ os: ["linux"], cpu: ["x64"], libc: ["glibc"], preferUnplugged: true, license: "MIT" },
              files: ["LICENSE", "README.md", "bin/widget"],
              repository: { type: "git", url: "git+https://github.com/acme/widget.git" },
            });
          }
        }
      },
    });
    expect(step.annotations).toEqual([]);
    expect(step.conclusion).toBe("success");
    const base = name.slice(1).replace("/", "-");
    expect(contents).toEqual([
      [`${base}-linux-x64-1.2.3.tgz`, "package.json", "LICENSE", "README.md", "bin/widget*"],
      [`${base}-1.2.3.tgz`, "package.json", "LICENSE", "README.md", "bin/widget.d.ts", "bin/widget.js*"],
    ]);
    expect(parsed(step, "published")).toEqual([]);
    expect(parsed(step, "skipped")[0]?.["reason"]).toBe("not published: a dry run");
    expect(uploads()).toEqual([]);
  });

  test("packs the same bytes every time", async () => {
    const name = world.newName();
    const pack = async (): Promise<string[]> => {
      const found: string[] = [];
      await world.publish(name, {
        inputs: { "dry-run": "true", output: "packed" },
        inspect: (_job, { outputs }) => {
          for (const file of (outputs["tarballs"] ?? "").split("\n")) found.push(integrityOf(readFileSync(file)));
        },
      });
      return found;
    };
    const first = await pack();
    expect(first.length).toBe(3);
    expect(await pack()).toEqual(first);
  });
});
