import { describe, expect, test } from "@jest/globals";
import { blake3 } from "@release-actions/digest";
import fc from "fast-check";
import { ambiguities } from "./ambiguity.ts";
import { FULL, lockText, parseLockText, VECTOR } from "./fixture.ts";
import { computeIdentity, identityParts, identityPartsV2 } from "./identity.ts";
import type { EnvironmentLock } from "./lock.ts";
import { sortedLock, unsortedLists } from "./order.ts";

const full: EnvironmentLock = { ...FULL, audio: true, memoryLimitMb: "18446744073709551615" };

describe("computeIdentity", () => {
  test.each([
    ["only a digest and a backend", VECTOR, "aabaeaeda3b27db42054f64719a16afd49e72b4fc6e8493e2fce9d862d240806"],
    [
      "the same, with the network isolated",
      { ...VECTOR, networkIsolation: true },
      "dcdae57b3749d0aa2d3948de9fde99ceedad34deaef9b618c2d9f939dac25596",
    ],
  ])("computes the published id for %s", async (_name, lock, envId) => {
    expect(await computeIdentity(lock)).toMatchObject({ envId, shortId: envId.slice(0, 12) });
  });

  test("joins the parts in the specified order, without separators", async () => {
    const text =
      "base_digest:sha256:abc123pkg:git@2.45pkg:vim@9.1app:firefoxhw:gpuhw:audiomount:src:/home/me/src:/src" +
      "backend:mocknet:isolatedcpu:512mem:18446744073709551615";
    expect(identityParts(full).join("")).toBe(text);
    expect((await computeIdentity(full)).envId).toBe(await blake3(text));
  });

  test("computes the second id as the README specifies", async () => {
    const text =
      "9:env-id-v2,1:2,7:rolling,13:sha256:abc123,1:2,3:git,4:2.45,3:vim,3:9.1,1:1,7:firefox,4:true,4:true," +
      "1:1,3:src,12:/home/me/src,4:/src,4:mock,4:true,3:512,20:18446744073709551615,";
    expect((await computeIdentity(full)).envIdV2).toBe(await blake3(text));
    expect((await computeIdentity(VECTOR)).envIdV2).toBe(
      "bedd5df53e6d333b4996fdd22197a2874a36cf893a83d7207b11c8af66237699",
    );
  });

  test("the order in the file affects the first id but not the second (B100, misleads 17)", async () => {
    const reordered = { ...full, packages: [...full.packages].reverse() };
    const [before, after] = [await computeIdentity(full), await computeIdentity(reordered)];
    expect(after.envId).not.toBe(before.envId);
    expect(after.envIdV2).toBe(before.envIdV2);
    expect(await computeIdentity(sortedLock(reordered))).toEqual(before);
    expect(unsortedLists(reordered)).toEqual([{ key: "resolved_packages", index: 0 }]);
  });

  test("the second id differs for locks that have the same first id (B99, F144)", async () => {
    const two = { ...VECTOR, packages: full.packages };
    const one = { ...VECTOR, packages: [{ name: "git", version: "2.45pkg:vim@9.1" }] };
    const [a, b] = [await computeIdentity(two), await computeIdentity(one)];
    expect(a.envId).toBe(b.envId);
    expect(a.envIdV2).not.toBe(b.envIdV2);
    expect((await computeIdentity({ ...VECTOR, baseImage: "other" })).envIdV2).not.toBe(
      (await computeIdentity(VECTOR)).envIdV2,
    );
  });
});

describe("unsortedLists", () => {
  test("compares bytes, not UTF-16 code units", () => {
    const apps = ["\uFF5E", "\u{1F600}"];
    expect(unsortedLists({ ...VECTOR, apps })).toEqual([]);
    expect(unsortedLists({ ...VECTOR, apps: [...apps].reverse() })).toEqual([{ key: "resolved_apps", index: 0 }]);
  });
});

describe("ambiguities", () => {
  test.each([
    [
      "a version that contains the next package",
      { resolved_packages: '[{ name = "git", version = "2pkg:vim@9" }]' },
      /version "2pkg:vim@9" contains "pkg:"/,
    ],
    [
      "a name that contains another package (B99)",
      { resolved_packages: '[{ name = "1pkg:b@2", version = "3" }]' },
      /name "1pkg:b@2" contains "pkg:"/,
    ],
    [
      "a name with the separator",
      { resolved_packages: '[{ name = "a@1", version = "2" }]' },
      /name "a@1" contains "@"/,
    ],
    ["an app that turns on the GPU", { resolved_apps: '["xhw:gpu"]' }, /app "xhw:gpu" contains "hw:gpu"/],
    [
      "a mount label with a colon",
      { mounts: '[{ label = "a:/b", host_path = "/c", container_path = "/d" }]' },
      /label "a:\/b" contains ":"/,
    ],
    ["a backend that sets a limit", { runtime_backend: '"mockcpu:1"' }, /backend "mockcpu:1" contains "cpu:"/],
  ])("refuses %s, at its line", (_name, changes, message) => {
    const [problem, ...others] = ambiguities(parseLockText(lockText(changes)));
    expect(problem?.message).toMatch(message);
    expect(problem?.location?.line).toBeGreaterThan(1);
    expect(others).toEqual([]);
  });

  test("accepted locks can be read back from the hashed text, so equal ids mean equal locks", () => {
    const word = fc
      .array(
        fc.constantFrom("a", "pkg:", "@", ":", "mount", "hw:", "gpu", "net:isolated", "cpu:", "m", "e", "m:", "/"),
        {
          minLength: 1,
          maxLength: 4,
        },
      )
      .map((parts) => parts.join(""));
    const lock = fc.record({
      baseImageDigest: word,
      packages: fc.array(fc.record({ name: word, version: word }), { maxLength: 2 }),
      apps: fc.array(word, { maxLength: 2 }),
      gpu: fc.boolean(),
      mounts: fc.array(fc.record({ label: word, hostPath: word, containerPath: word }), { maxLength: 2 }),
      backend: word,
      networkIsolation: fc.boolean(),
    });
    let accepted = 0;
    fc.assert(
      fc.property(lock, (fields) => {
        const candidate: EnvironmentLock = { ...VECTOR, ...fields };
        const parsed = { lock: candidate, problems: [], place: () => ({ file: "f" }) };
        if (ambiguities(parsed).length > 0) return;
        accepted += 1;
        expect(readBack(identityParts(candidate).join(""))).toEqual(identityParts(candidate));
      }),
      { numRuns: 5000, seed: 1 },
    );
    expect(accepted).toBeGreaterThan(100);
    function readBack(text: string): string[] {
      const next = "(?=base_digest:|pkg:|app:|hw:gpu|hw:audio|mount:|backend:|net:isolated|cpu:|mem:|$)";
      const part = new RegExp(`mount:[^:]*:[^:]*:.*?${next}|(?:hw:gpu|net:isolated|[a-z_]+:.*?)${next}`, "gy");
      return text.match(part) ?? [];
    }
  });

  test("the framed parts of two locks differ whenever the locks do", () => {
    const name = fc.constantFrom("", "1", "a", "1:a,", "true");
    const lock = fc.record({
      baseImage: name,
      apps: fc.array(name, { maxLength: 3 }),
      packages: fc.array(fc.record({ name, version: name }), { maxLength: 2 }),
      backend: name,
    });
    fc.assert(
      fc.property(lock, lock, (a, b) => {
        const [left, right] = [a, b].map((fields) => sortedLock({ ...VECTOR, ...fields }));
        if (left === undefined || right === undefined) throw new Error("two locks were made");
        const same = JSON.stringify(left) === JSON.stringify(right);
        expect(JSON.stringify(identityPartsV2(left)) === JSON.stringify(identityPartsV2(right))).toBe(same);
      }),
    );
  });
});
