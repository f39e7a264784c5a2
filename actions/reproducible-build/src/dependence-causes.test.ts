import { describe, expect, test } from "@jest/globals";
import type { NamedCause } from "@release-actions/reproducibility";
import { dependenceCauses } from "./dependence-causes.ts";

const unsteady = { kind: "unsteady", builds: 2 } as const;
const content = (kind: string): NamedCause => ({
  ...{ kind, title: kind, remedy: "", file: "app", place: ".data", left: "a", right: "b", count: 1 },
});

describe("two builds that differ although nothing was varied", () => {
  test("are attributed to the clock or to file times when only times differ", () => {
    const [cause] = dependenceCauses(unsteady, [content("timestamp"), content("timestamp")]);
    expect(cause?.words).toEqual(["time"]);
    expect(cause?.title).toBe("the build depends on the clock, or on when files were last read");
  });

  test.each([
    ["time or chance when other content differs too", [content("timestamp"), content("text")], "time-or-chance"],
    ["chance when no time differs", [content("text")], "chance"],
    ["chance when the contents are unknown", [], "chance"],
  ])("are attributed to %s", (_what, contents, word) => {
    expect(dependenceCauses(unsteady, contents).map(({ words }) => words)).toEqual([[word]]);
  });
});
