import { describe, expect, test } from "@jest/globals";
import { type Digests, findDependence } from "./find-variations.ts";
import type { Variation } from "./variation.ts";

/** A build whose product changes with the given variations. */
function buildOf(dependsOn: readonly Variation[]) {
  const asked: string[] = [];
  const build = async (varied: readonly Variation[]): Promise<Digests> => {
    asked.push(varied.join());
    return productOf(varied.filter((one) => dependsOn.includes(one)).join());
  };
  return { asked, build };
}

const productOf = (content: string): Digests => new Map([["program", content]]);

describe("what a build depends on", () => {
  test("includes the path when the first build differs from an unvaried copy elsewhere", async () => {
    const { asked, build } = buildOf(["path"]);
    const first = productOf("the checkout's path");
    const found = await findDependence({ varied: ["path", "home", "file-times"], build, first, maxBuilds: 9 });
    expect(found).toMatchObject({ causes: [{ parts: ["path"], isOnly: true }], builds: 4 });
    expect(asked).toEqual(["", "", "path", "home,file-times"]);
  });

  test("does not include the path when the copy's new file times cause the difference", async () => {
    const { build } = buildOf(["file-times"]);
    const first = productOf("when the checkout's files were created");
    const found = await findDependence({ varied: ["path", "home", "file-times"], build, first, maxBuilds: 9 });
    expect(found).toMatchObject({ causes: [{ parts: ["file-times"], isOnly: true }] });
  });

  test("is found in five builds when the difference suggests the cause", async () => {
    const { asked, build } = buildOf(["host"]);
    const varied = ["path", "home", "user", "host", "time", "umask"] as const;
    const found = await findDependence({ varied, build, first: productOf(""), maxBuilds: 9, likely: ["host"] });
    expect(found).toMatchObject({ causes: [{ parts: ["host"], isOnly: true }], builds: 5 });
    expect(asked).toEqual(["", "", varied.join(), "host", "path,home,user,time,umask"]);
  });

  test.each(Array.from({ length: 12 }, (_one, index) => index + 2))(
    "is by itself when a coarse clock ticks during the search, after build %i",
    async (last) => {
      const { asked, build } = buildOf([]);
      const clock = async (varied: readonly Variation[]): Promise<Digests> => {
        await build(varied);
        return productOf(varied.includes("time") ? "another year" : asked.length <= last ? "10:00" : "10:01");
      };
      const varied = ["path", "home", "user", "host", "time", "umask"] as const;
      const found = await findDependence({ varied, build: clock, first: productOf("10:00"), maxBuilds: 13 });
      const isTime = found.kind === "variations" && found.causes.every(({ parts }) => parts.join() === "time");
      expect([found, isTime || found.kind === "unsteady", asked.length <= 14]).toEqual([found, true, true]);
    },
  );

  test("is by itself when the first two builds have the same time, and the others have later ones", async () => {
    let second = 0;
    const build = async (): Promise<Digests> => productOf(String(Math.max(0, second++ - 1)));
    const varied = ["path", "home", "user", "host", "domain", "time"] as const;
    const found = await findDependence({ varied, build, first: productOf("before"), maxBuilds: 9 });
    expect(found).toEqual({ kind: "unsteady", builds: 10 });
  });

  test("is not searched with more builds than allowed", async () => {
    const { asked, build } = buildOf(["path"]);
    const found = await findDependence({ varied: ["path"], build, first: productOf("another"), maxBuilds: 2 });
    expect([found, asked.length]).toMatchObject([{ causes: [], unfinished: "too many builds" }, 2]);
  });
});
