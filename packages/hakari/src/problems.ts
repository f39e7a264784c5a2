import path from "node:path";
import type { Problem } from "@release-actions/report";
import { tableOf } from "@release-actions/toml";
import type { CheckResult } from "./checks.ts";
import type { HakariWorkspace } from "./config.ts";
import { parseVerifyReport } from "./verify-report.ts";

/** The end of messages about problems that these two commands fix. */
export const FIX_ADVICE = "Run `cargo hakari generate` and `cargo hakari manage-deps`, and commit.";

/** The problems that a check found, with the files and lines to change. */
export function problemsOf(result: CheckResult, hakari: HakariWorkspace): Problem[] {
  if (!result.drifted) return [];
  switch (result.check) {
    case "generate":
      return [staleSection(result.output, hakari)];
    case "manage-deps":
      return wrongDependencies(result.output, hakari);
    case "verify":
      return doubleBuilds(result.output, hakari);
  }
}

function staleSection(output: string, { manifest, workspace }: HakariWorkspace): Problem {
  const text = workspace.crates.find(({ folder }) => path.join(folder, "Cargo.toml") === manifest)?.manifest.text ?? "";
  const begin = text.split("\n").findIndex((line) => line.startsWith("### BEGIN HAKARI SECTION")) + 1;
  // Line numbers in the diff start at the first line below the marker.
  const hunk = /^@@ -(\d+)/m.exec(output)?.[1];
  const changed = /^@@.*\n((?: .*\n)*)/m.exec(output)?.[1]?.split("\n").length ?? 1;
  const line = hunk === undefined ? begin : begin + Number(hunk) - 1 + changed;
  return {
    level: "error",
    title: "workspace-hack is out of date",
    message: `The section that hakari manages does not match the workspace. ${FIX_ADVICE}`,
    location: { file: manifest, line },
  };
}

/**
 * Reads lines such as `* add or update dependency workspace-hack v0.1.0 (at path ...) to packages:` and the list of
 * crates below.
 */
function wrongDependencies(output: string, { workspace }: HakariWorkspace): Problem[] {
  const problems: Problem[] = [];
  let removes = false;
  for (const line of output.split("\n")) {
    if (line.startsWith("* ")) removes = line.startsWith("* remove");
    const name = /^ +- ([\w-]+) \(at path/.exec(line)?.[1];
    const crate = workspace.crates.find((each) => each.name === name);
    if (name === undefined || crate === undefined) continue;
    const table = tableOf(crate.manifest.root, "dependencies");
    problems.push({
      level: "error",
      title: removes ? "needless workspace-hack dependency" : "workspace-hack dependency missing",
      message: removes
        ? `${name} depends on the workspace-hack package and is excluded from it. ${FIX_ADVICE}`
        : `${name} does not depend on the workspace-hack package, or not in the way hakari writes it. ${FIX_ADVICE}`,
      location: { file: path.join(crate.folder, "Cargo.toml"), line: table?.location.line ?? 1 },
    });
  }
  return problems;
}

function doubleBuilds(output: string, { manifest }: HakariWorkspace): Problem[] {
  return parseVerifyReport(output).map(({ dependency, builds }) => {
    const variants = builds.map(({ platform, features, packages }) => {
      const set = features.length === 0 ? "no features" : features.join(", ");
      return `${set} on the ${platform} platform for ${packages.join(", ")}`;
    });
    return {
      level: "error",
      title: "built more than once",
      message: `${dependency} would be built ${builds.length} times: ${variants.join("; ")}`,
      location: { file: manifest, line: 1 },
    };
  });
}
