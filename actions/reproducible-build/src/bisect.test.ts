import { describe, expect, test } from "@jest/globals";
import { bisect } from "./bisect.ts";

const ALL = ["path", "home", "user", "host", "time", "locale", "umask", "cpus"];

/** A build that differs when all variations of at least one group are made. */
function buildOf(...groups: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const differs = async (some: readonly string[]): Promise<boolean> => {
    asked.push(some.join());
    return groups.some((group) => group.every((one) => some.includes(one)));
  };
  return { asked, differs };
}

const partsOf = (causes: readonly { readonly parts: readonly string[] }[]): string[] =>
  causes.map(({ parts }) => [...parts].sort().join("+")).sort();

describe("bisect", () => {
  test.each(ALL)("finds that %s is the only cause", async (word) => {
    const { differs, asked } = buildOf([word]);
    const found = await bisect(ALL, differs, { maxBuilds: 20 });
    expect(found.causes).toEqual([{ parts: [word], isOnly: true }]);
    expect(asked).toContain(word);
    expect(found.builds).toBeLessThanOrEqual(8);
  });

  test("confirms a likely cause in two builds: one with it alone, one with all others", async () => {
    for (const word of ALL) {
      const { differs, asked } = buildOf([word]);
      const found = await bisect(ALL, differs, { maxBuilds: 20, likely: [word] });
      expect(found).toEqual({ causes: [{ parts: [word], isOnly: true }], builds: 2 });
      expect(asked).toEqual([word, ALL.filter((one) => one !== word).join()]);
    }
  });

  test("reports a likely cause only when a build confirms it", async () => {
    const { differs } = buildOf(["umask"]);
    const found = await bisect(ALL, differs, { maxBuilds: 20, likely: ["host", "time", "another"] });
    expect(found.causes).toEqual([{ parts: ["umask"], isOnly: true }]);
    const { causes } = await bisect(ALL, buildOf(["host", "cpus"]).differs, { maxBuilds: 20, likely: ["host"] });
    expect(partsOf(causes)).toEqual(["cpus+host"]);
  });

  test("finds two likely causes in at most four builds", async () => {
    const found = await bisect(ALL, buildOf(["host"], ["time"]).differs, { maxBuilds: 20, likely: ["time", "host"] });
    expect(partsOf(found.causes)).toEqual(["host", "time"]);
    expect(found.builds).toBeLessThanOrEqual(4);
  });

  test("names two variations that are only a cause together, at any position in the list", async () => {
    for (const pair of [
      ["path", "home"],
      ["path", "cpus"],
      ["user", "locale"],
    ]) {
      const { causes } = await bisect(ALL, buildOf(pair).differs, { maxBuilds: 30 });
      expect(partsOf(causes)).toEqual([[...pair].sort().join("+")]);
    }
  });

  test("finds a second and a third cause", async () => {
    const { causes } = await bisect(ALL, buildOf(["time"], ["path"], ["user", "umask"]).differs, { maxBuilds: 50 });
    expect(partsOf(causes)).toEqual(["path", "time", "umask+user"]);
    expect(causes.map(({ isOnly }) => isOnly)).toEqual([false, false, true]);
  });

  test("never builds the same set twice, and stops at the allowed number of builds", async () => {
    const { differs, asked } = buildOf(["time"], ["path"]);
    await bisect(ALL, differs, { maxBuilds: 50 });
    expect(new Set(asked).size).toBe(asked.length);
    const short = await bisect(ALL, buildOf(["time"], ["path"]).differs, { maxBuilds: 5 });
    expect(short).toMatchObject({ builds: 5, unfinished: "too many builds" });
  });

  test("says so when the builds contradict each other", async () => {
    const found = await bisect(["a", "b"], async () => false, { maxBuilds: 10 });
    expect(found).toMatchObject({ causes: [{ parts: ["a", "b"] }] });
    const single = await bisect(["a"], async () => false, { maxBuilds: 10 });
    expect(single.causes.length).toBeLessThanOrEqual(1);
  });
});
