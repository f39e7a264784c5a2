import { describe, expect, test } from "@jest/globals";
import type { NamedCause } from "@release-actions/reproducibility";
import { dependenceCauses } from "./dependence-causes.ts";

const unsteady = { kind: "unsteady", builds: 2 } as const;
const content = (kind: string): NamedCause => ({
  ...{ kind, title: kind, remedy: "", file: "app", place: ".data", left: "a", right: "b", count: 1 },
});

describe("two builds that differ though nothing was varied", () => {
  test("are told as a matter of time where all that differs is times, which may be those of files, too", () => {
    const [cause] = dependenceCauses(unsteady, [content("timestamp"), content("timestamp")]);
    expect(cause?.words).toEqual(["time"]);
    expect(cause?.title).toBe("the build depends on the clock, or on when files were last read");
  });

  test.each([
    ["time or chance where something else differs, too", [content("timestamp"), content("text")], "time-or-chance"],
    ["chance where no time differs", [content("text")], "chance"],
    ["chance where nothing is known of the contents", [], "chance"],
  ])("are told as %s", (_what, contents, word) => {
    expect(dependenceCauses(unsteady, contents).map(({ words }) => words)).toEqual([[word]]);
  });
});
