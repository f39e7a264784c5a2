import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { describeWith } from "../../parts.ts";
import type { StepResult } from "../../runner/job.ts";
import { StagingWorld } from "./staging-world.ts";
import type { NpmClient } from "./world.ts";

jest.setTimeout(600_000);

/** A platform other than this machine's, so that the launcher is not tested each time. */
const FOREIGN = "darwin-arm64";

describeWith(["cc"], "npm-publish, staging", () => {
  let staging: StagingWorld;
  beforeAll(async () => {
    staging = await StagingWorld.start();
  });
  afterAll(() => staging.close());
  afterEach(() => {
    staging.proxy.reset();
    staging.front.staging.statuses.clear();
    staging.front.spam.clear();
  });

  const output = (step: StepResult, name: string): Record<string, string>[] => JSON.parse(step.outputs[name] ?? "");
  const uploads = (): string[] =>
    staging.proxy.passages
      .filter(({ method, url }) => method === "POST" && url.startsWith("/-/stage/package/"))
      .map(({ url }) => decodeURIComponent(url).replace("/-/stage/package/", ""));
  /** A name that was published before, at 1.0.0, with one foreign platform. */
  async function published(): Promise<string> {
    const name = staging.world.newName();
    const step = await staging.run([name], {
      version: "1.0.0",
      inputs: { token: staging.world.token, publish: "direct", platforms: FOREIGN },
    });
    if (step.conclusion !== "success") throw new Error(step.log);
    staging.proxy.reset();
    return name;
  }
  const foreign = { platforms: FOREIGN };

  describe.each<[string, NpmClient]>([
    ["npm 11.16", "npm11"],
    ["npm 12", "npm"],
  ])("with %s", (_what, client) => {
    test("stages two products with four platforms, accepts its own stages in the next run, and completes once all are approved", async () => {
      const products = [staging.world.newName(), staging.world.newName()];
      const all = products.map((name) => staging.names(name));
      const order = [...all.flatMap((names) => names.slice(0, -1)), ...products];
      const inputs = { publish: "stage", token: "npm_plain" };

      const staged = await staging.run(products, { client, inputs });
      expect(staged.annotations.filter(({ level }) => level !== "notice")).toEqual([]);
      expect(staged.conclusion).toBe("success");
      expect(uploads()).toEqual(order);
      expect(output(staged, "published")).toEqual([]);
      expect(staged.outputs["complete"]).toBe("false");
      const waiting = staging.waiting(order);
      expect(output(staged, "staged").sort(byName)).toEqual(
        waiting
          .map(({ id, packageName: name, version, tag }) => {
            return {
              name,
              version,
              tag,
              id,
              approve: `npm stage approve ${id}`,
              page: "",
              integrity: expect.stringMatching(/^sha512-/),
            };
          })
          .sort(byName),
      );
      // There is one list, which ends with the packages that people install.
      const [notice] = staged.annotations;
      const commands = order.map(
        (name) => `npm stage approve ${waiting.find((stage) => stage.packageName === name)?.id}`,
      );
      // The summary lists one product after the other, with the platforms before their base.
      for (const command of commands) expect(notice?.message).toContain(command);
      expect(staged.summary).toContain("waits for approval");
      // None of the staged packages can be installed.
      expect(await staging.world.tags(products[0] ?? "")).toEqual({ latest: "0.0.0-stage" });

      staging.proxy.reset();
      const again = await staging.run(products, { client, inputs });
      expect(again.conclusion).toBe("success");
      expect(uploads()).toEqual([]);
      expect(output(again, "staged")).toEqual(output(staged, "staged"));

      const settle = { client, inputs: { mode: "settle", token: "npm_plain" } };
      const early = await staging.run(products, settle);
      expect([early.conclusion, early.outputs["complete"]]).toEqual(["success", "false"]);
      expect(
        output(early, "staged")
          .map(({ id }) => id)
          .sort(),
      ).toEqual(waiting.map(({ id }) => id).sort());

      // A maintainer's npm client works with this test's registry.
      const [first, ...others] = waiting;
      expect(await staging.maintain(client, "stage", "list", first?.packageName ?? "")).toContain(first?.id);
      await staging.maintain(client, "stage", "approve", first?.id ?? "");
      for (const { id } of others) await staging.approve(id);
      const done = await staging.run(products, settle);
      expect(done.annotations).toEqual([]);
      expect([done.conclusion, done.outputs["complete"]]).toEqual(["success", "true"]);
      expect(output(done, "staged")).toEqual([]);
      for (const name of order) expect(await staging.world.tags(name)).toEqual({ latest: "1.2.3" });

      // When the publishing job is run again after that, it sees the same.
      staging.proxy.reset();
      const last = await staging.run(products, { client, inputs });
      expect([last.conclusion, last.outputs["complete"], uploads()]).toEqual(["success", "true", []]);
      expect([...staging.front.staging.uploads].filter(([key]) => order.includes(key.replace(/@1.2.3$/, "")))).toEqual(
        order.map((name) => [`${name}@1.2.3`, 1]),
      );
    });

    test("stages with the identity of its job, which may not list stages, and neither stages twice nor fails the second time", async () => {
      const name = await published();
      await staging.trust(staging.names(name, [FOREIGN]), ["stage"]);
      const inputs = { ...foreign, publish: "stage" };
      const first = await staging.run([name], { client, inputs });
      expect(first.conclusion).toBe("success");
      const ids = staging.waiting(staging.names(name, [FOREIGN])).map(({ id }) => id);
      expect(output(first, "staged").map(({ id }) => id)).toEqual(ids);
      const second = await staging.run([name], { client, inputs });
      expect(second.conclusion).toBe("success");
      expect(output(second, "staged").map(({ approve }) => approve)).toEqual(
        staging.names(name, [FOREIGN]).map((each) => `npm stage list ${each}`),
      );
      expect(second.log).toContain("waits for approval (staged by an earlier run, whose content this job cannot read");
      expect(staging.waiting(staging.names(name, [FOREIGN])).map(({ id }) => id)).toEqual(ids);
    });

    test("`auto` publishes directly while it may, and stages from the first package on that it may not, so that the base waits for its parts", async () => {
      const name = await published();
      const [part = "", base = ""] = staging.names(name, [FOREIGN]);
      await staging.trust([part], ["stage"]);
      await staging.trust([base], ["publish", "stage"]);
      const step = await staging.run([name], { client, inputs: foreign });
      expect(step.conclusion).toBe("success");
      expect(step.log).toContain(`the trusted publisher of ${part} may not publish directly`);
      expect(output(step, "staged").map((each) => each["name"])).toEqual([part, base]);
      expect(await staging.world.tags(base)).toEqual({ latest: "1.0.0" });

      const free = await published();
      await staging.trust(staging.names(free, [FOREIGN]), ["publish", "stage"]);
      const direct = await staging.run([free], { client, inputs: foreign });
      expect([direct.conclusion, direct.outputs["complete"], output(direct, "published").length]).toEqual([
        "success",
        "true",
        2,
      ]);
    });
  });

  test.each(["npm_plain", "npm_stage_only"])(
    "`auto` stages with the token %s, which cannot publish directly",
    async (token) => {
      const name = staging.world.newName();
      const step = await staging.run([name], { inputs: { ...foreign, token } });
      expect(step.conclusion).toBe("success");
      expect(output(step, "staged").map((each) => each["name"])).toEqual(staging.names(name, [FOREIGN]));
      expect(staging.front.staging.placeholders).toContain(name);
    },
  );

  test("moves back a dist-tag that an approval took from a newer version, and gives the older version its own tag", async () => {
    const name = await published();
    const token = "npm_plain";
    await staging.run([name], { version: "1.1.0", inputs: { ...foreign, publish: "stage", token } });
    await staging.run([name], {
      version: "2.0.0",
      inputs: { ...foreign, publish: "direct", token: staging.world.token },
    });
    for (const { id } of staging.waiting(staging.names(name, [FOREIGN])))
      await staging.maintain("npm", "stage", "approve", id);
    expect(await staging.world.tags(name)).toEqual({ latest: "1.1.0" });
    const inputs = { ...foreign, mode: "settle", token: staging.world.token };
    const step = await staging.run([name], { version: "1.1.0", inputs });
    expect(step.conclusion).toBe("success");
    for (const each of staging.names(name, [FOREIGN])) {
      expect(await staging.world.tags(each)).toEqual({ latest: "2.0.0", "release-1.1": "1.1.0" });
    }
  });

  test("says that a stage was rejected, and stages it again when the job that publishes runs again", async () => {
    const name = staging.world.newName();
    const inputs = { ...foreign, publish: "stage", token: "npm_plain" };
    await staging.run([name], { inputs });
    const [first] = staging.waiting([`${name}-${FOREIGN}`]);
    await staging.maintain("npm", "stage", "reject", first?.id ?? "");
    const settle = await staging.run([name], { inputs: { ...foreign, mode: "settle", token: "npm_plain" } });
    expect(settle.conclusion).toBe("failure");
    expect(settle.log).toContain(`${name}-${FOREIGN}@1.2.3 is neither public nor staged`);
    const again = await staging.run([name], { inputs });
    expect(again.conclusion).toBe("success");
    expect(staging.waiting(staging.names(name, [FOREIGN])).length).toBe(2);
  });

  test("refuses the stage of another build", async () => {
    const name = staging.world.newName();
    const inputs = { ...foreign, publish: "stage", token: "npm_plain" };
    await staging.run([name], { inputs });
    staging.proxy.reset();
    const step = await staging.run([name], { inputs, release: { build: "second" } });
    expect(step.conclusion).toBe("failure");
    expect(step.log).toContain(
      `${name}-${FOREIGN}@1.2.3 is staged with other content: 1 file differs, such as README.md`,
    );
    expect(step.log).toContain("npm stage reject");
    expect(uploads()).toEqual([]);
  });

  test("warns when the base was approved before its parts, and stops at a version that npm's scan blocks", async () => {
    const name = staging.world.newName();
    const [part = "", base = ""] = staging.names(name, [FOREIGN]);
    await staging.run([name], { inputs: { ...foreign, publish: "stage", token: "npm_plain" } });
    await staging.maintain("npm", "stage", "approve", staging.waiting([base])[0]?.id ?? "");
    const settle = { inputs: { ...foreign, mode: "settle", token: "npm_plain" } };
    const step = await staging.run([name], settle);
    expect([step.conclusion, step.outputs["complete"]]).toEqual(["success", "false"]);
    expect(step.annotations.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`${base} is public, but these parts of it still wait for approval: ${part}`),
    );
    for (const { id } of staging.waiting([part])) staging.front.staging.stages.delete(id);
    staging.front.staging.statuses.set(`${part}@1.2.3`, "blocked");
    const blocked = await staging.run([name], settle);
    expect(blocked.log).toContain(`npm's scan blocks ${part}@1.2.3`);
  });

  test("requires a newer npm before anything is built", async () => {
    const { chmodSync, writeFileSync } = await import("node:fs");
    const { join } = await import("node:path");
    const step = await staging.run([staging.world.newName()], {
      inputs: { publish: "stage", token: "npm_plain" },
      searchPath: ({ workspace }) => workspace,
      prepare: ({ workspace }) => {
        writeFileSync(join(workspace, "npm"), `#!/bin/sh\n[ "$1" = --version ] && echo 11.14.1\n`);
        chmodSync(join(workspace, "npm"), 0o755);
      },
    });
    expect(step.log).toContain("npm is 11.14.1, expected 11.15.0 or newer to stage");
    expect(staging.proxy.passages).toEqual([]);
  });
});

function byName(left: { name?: string }, right: { name?: string }): number {
  return (left.name ?? "") < (right.name ?? "") ? -1 : 1;
}
