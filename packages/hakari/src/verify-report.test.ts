import { describe, expect, test } from "@jest/globals";
import { parseVerifyReport } from "./verify-report.ts";

const table = (rows: string): string => `\n       package      |  include dev?  features  platform\n\n${rows}\n`;

describe("parseVerifyReport", () => {
  test("names each dependency, its builds, and the packages that require them", () => {
    const report = [
      "workspace-hack didn't work correctly:",
      "for dependency registry+https://github.com/rust-lang/crates.io-index#serde@1.0.228:",
      table("  on the target platform, feature set (no features) was built by:\n\n    workspace-hack  |   *   *   *\n"),
      "  on the host platform, feature set derive, std was built by:\n\n     beacon-types   |   *   *   *\n    beacon_server   |   no  a   *\n",
      "for dependency path+file:///src/third-party/tiny-log#0.3.1:",
      "\n  on the target platform, feature set std was built by:\n\n    a  |   *   *   *\n",
    ].join("\n");
    expect(parseVerifyReport(report)).toEqual([
      {
        dependency: "serde 1.0.228",
        builds: [
          { platform: "target", features: [], packages: ["workspace-hack"] },
          { platform: "host", features: ["derive", "std"], packages: ["beacon-types", "beacon_server"] },
        ],
      },
      { dependency: "tiny-log 0.3.1", builds: [{ platform: "target", features: ["std"], packages: ["a"] }] },
    ]);
  });

  test.each([
    ["registry+https://github.com/rust-lang/crates.io-index#serde@1.0.228", "serde 1.0.228"],
    ["path+file:///a/b/tiny-log#0.3.1", "tiny-log 0.3.1"],
    ["path+file:///a/other-name#tiny-log@0.3.1", "tiny-log 0.3.1"],
    ["git+https://example.org/o/tiny-log?branch=main#0.3.1", "tiny-log 0.3.1"],
    ["serde 1.0.228 (registry+https://github.com/rust-lang/crates.io-index)", "serde 1.0.228"],
  ])("shortens the package id %s", (id, dependency) => {
    expect(parseVerifyReport(`for dependency ${id}:`)).toEqual([{ dependency, builds: [] }]);
  });

  test("finds nothing in other text", () => {
    expect(parseVerifyReport("workspace-hack works correctly\n")).toEqual([]);
    expect(parseVerifyReport("    a  |  *\n")).toEqual([]);
  });
});
