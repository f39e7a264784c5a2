import { afterAll, afterEach, expect, test } from "@jest/globals";
import { DOCKER_VARIANTS } from "../../../scripts/docker-engine.ts";
import { describeWithEngines } from "../../engines.ts";
import type { NetworkFault } from "../../stand-in/proxy/faults.ts";
import { Fixture, freshArchive, stateOf } from "./fixture.ts";

const fixture = await Fixture.open();
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

/** As many bytes as three parts of a ranged read, so that a fault can be in the middle part. */
const BYTES = 9_000_000;
const ONCE = { method: "GET", skip: 2, times: 1 } as const;
const ALWAYS = { method: "GET" } as const;

describeWithEngines("load-restate-image survives", ["containerd"], (own) => {
  test.each<[string, { method: string; skip?: number; times?: number }, NetworkFault, string]>([
    ["a reset in the middle of a layer (F04)", ONCE, { kind: "reset", after: 1_000_000 }, "registry"],
    ["an end before the announced length (F05)", ONCE, { kind: "cut", after: 1_000_000 }, "registry"],
    [
      "a storage that is busy (F26)",
      ONCE,
      { kind: "answer", status: 503, headers: { "Retry-After": "1" } },
      "registry",
    ],
    [
      "a storage that throttles (F20)",
      ONCE,
      { kind: "answer", status: 429, headers: { "Retry-After": "1" } },
      "registry",
    ],
    ["a signed URL that expires half way (F23)", ONCE, { kind: "answer", status: 403 }, "registry"],
    ["a relative redirect (F15)", ONCE, { kind: "redirect", to: "relative" }, "registry"],
    ["a server that compresses what it sends (F14)", ONCE, { kind: "gzip" }, "registry"],
    ["a server without ranges", ALWAYS, { kind: "no-ranges" }, "load"],
    [
      "a proxy's login page (F13)",
      ONCE,
      { kind: "answer", status: 200, headers: { "Content-Type": "text/html" }, body: "<html>log in" },
      "registry",
    ],
  ])("%s", async (_title, pattern, fault, via) => {
    const run = await fixture.runHolding(freshArchive(BYTES));
    const rule = fixture.network.storage.inject(pattern, fault);
    const step = await fixture.load(run, own);
    expect(rule.hits).toBeGreaterThan(0);
    expect(step.annotations.filter(({ level }) => level === "error")).toEqual([]);
    expect(step.outputs["via"]).toBe(via);
    expect(await stateOf(own, step.tag)).toEqual({ id: step.outputs["image-id"], usable: true });
  });

  test("a service that fails for a moment (F18)", async () => {
    const run = await fixture.runHolding(freshArchive());
    const rule = fixture.network.services.inject({ method: "POST", times: 1 }, { kind: "answer", status: 502 });
    const step = await fixture.load(run, own);
    expect([rule.hits, step.conclusion]).toEqual([1, "success"]);
  });

  test.each([
    ["registry", freshArchive(BYTES)],
    ["load", freshArchive(BYTES)],
  ])(
    "bytes that change on the way, by refusing them and leaving no image behind (F17, F64; %s)",
    async (via, content) => {
      const run = await fixture.runHolding(content);
      fixture.network.storage.inject(
        { ...ALWAYS, when: (request) => via === "load" || isOfLayer(request) },
        { kind: "flip", at: 500_000 },
      );
      const step = await fixture.load(run, own, { via });
      expect(step.conclusion).toBe("failure");
      expect(await stateOf(own, step.tag)).toBeUndefined();
    },
  );

  test("a digest that differs from the listing's, by naming both when every byte is read (F38, F40)", async () => {
    const run = await fixture.runHolding(freshArchive());
    fixture.github.artifact(run, "restate.tar").digest = `sha256:${"0".repeat(64)}`;
    const step = await fixture.load(run, own, { via: "load" });
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toMatch(
      /arrived with digest sha256:\w{64}, but was uploaded with sha256:0000/,
    );
    expect(await stateOf(own, step.tag)).toBeUndefined();
  });

  test("an archive that is not an image, by naming what it is (B30, misleads 1)", async () => {
    const step = await fixture.load(await fixture.runHolding(Buffer.from("<html>not found</html>")), own);
    expect(step.conclusion).toBe("failure");
    expect(step.annotations[0]?.message).toMatch(/expected a tar of an image/);
  });

  test("being cancelled: its children, its files and the partial image are gone within 2 s (F84)", async () => {
    const run = await fixture.runHolding(freshArchive(BYTES));
    fixture.network.storage.limits.bytesPerSecond = 300_000;
    const step = await fixture.load(run, own, {}, { stop: { when: /image: /, by: "SIGINT" } });
    expect(step.conclusion).not.toBe("success");
    expect(step.stopMs).toBeLessThan(7000);
    expect(await stateOf(own, step.tag)).toBeUndefined();
  });

  test("being killed in the middle, by not trusting anything that is left (F85)", async () => {
    const content = freshArchive(BYTES);
    const run = await fixture.runHolding(content);
    fixture.network.storage.limits.bytesPerSecond = 300_000;
    const killed = await fixture.load(run, own, {}, { stop: { when: /image: /, by: "SIGKILL" } });
    expect([killed.signal, await stateOf(own, killed.tag)]).toEqual(["SIGKILL", undefined]);
    fixture.network.reset();
    const again = await fixture.load(run, own);
    expect(again.outputs).toMatchObject({ "cache-hit": "false", via: "registry" });
    expect(await stateOf(own, again.tag)).toEqual({ id: again.outputs["image-id"], usable: true });
  });
});

describeWithEngines("load-restate-image survives bytes that change on the way once,", DOCKER_VARIANTS, (own) => {
  const inject = () =>
    fixture.network.storage.inject({ ...ALWAYS, times: 1, when: isOfLayer }, { kind: "flip", at: 500_000 });

  test("by streaming what the engine could not pull (F17, F40)", async () => {
    const run = await fixture.runHolding(freshArchive(BYTES));
    const rule = inject();
    const step = await fixture.load(run, own);
    expect(step.conclusion === "success" ? "" : step.log).toBe("");
    expect([rule.hits, step.outputs["via"]]).toEqual([1, "load"]);
    expect(step.log).toMatch(
      /streaming the artifact restate.tar into the engine's load endpoint, because pulling .*sha256/,
    );
    expect(await stateOf(own, step.tag)).toEqual({ id: step.outputs["image-id"], usable: true });
  });

  test("by reading the image once more where that helps the engine (F17, F40)", async () => {
    const run = await fixture.runHolding(freshArchive(BYTES));
    const rule = inject();
    const step = await fixture.load(run, own, { via: "load" });
    expect([rule.hits, step.conclusion]).toEqual([1, own.variant === "containerd" ? "failure" : "success"]);
    expect(step.annotations[0]?.message).toMatch(/^the blob sha256:\w+ has the digest sha256:\w+/);
    const expected = own.variant === "containerd" ? undefined : { id: step.outputs["image-id"], usable: true };
    expect(await stateOf(own, step.tag)).toEqual(expected);
  });
});

/** Whether a request reads a layer. The ends of the file contain the zip's directory and the image's documents. */
function isOfLayer({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): boolean {
  const [, start = "0"] = /bytes=(\d+)/.exec(String(headers["range"])) ?? [];
  return Number(start) > 100_000 && Number(start) < BYTES - 600_000;
}
