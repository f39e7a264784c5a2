import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";

const root = path.dirname(path.dirname(import.meta.dirname));

/** As jest.config.mjs has them. */
export type Project = "unit" | "integration" | "engine" | "workflow" | "world";

/** Units take every core, whole actions leave one to their servers, and those that share engines come one by one. */
const WORKERS: Readonly<Record<Project, readonly string[]>> = {
  unit: ["--maxWorkers=100%"],
  integration: [],
  engine: ["--maxWorkers=1"],
  workflow: ["--maxWorkers=1"],
  // The first time most of it is waiting for downloads.
  world: ["--testTimeout=300000"],
};

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Titles of the tests that did not run. */
  readonly skippedTitles: readonly string[];
}

/**
 * Runs the tests of one project, the output shown as it comes. One that crashes counts as one failure.
 *
 * @param shard a part of its files, as `1/4` (jest's `--shard`)
 */
export async function runProject(
  project: Project,
  patterns: readonly string[],
  env: NodeJS.ProcessEnv,
  shard?: string,
): Promise<Counts> {
  const report = path.join(
    root,
    ".work/test",
    `${project}${shard === undefined ? "" : `-${shard.replace("/", "-")}`}.json`,
  );
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const jest = path.join(root, "node_modules/jest/bin/jest.js");
  const options = [
    "--selectProjects",
    project,
    "--passWithNoTests",
    "--json",
    "--outputFile",
    report,
    "--colors=false",
    // A server that a failed test left open must not hold up the rings behind it.
    "--forceExit",
    ...WORKERS[project],
    ...(shard === undefined ? [] : [`--shard=${shard}`]),
  ];
  const node = ["--disable-warning=ExperimentalWarning", "--experimental-vm-modules"];
  const child = spawn(process.execPath, [...node, jest, ...options, ...patterns], {
    cwd: root,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const counts = existsSync(report) ? countResults(JSON.parse(readFileSync(report, "utf8"))) : undefined;
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0, skippedTitles: [] };
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Jest's `--json` report (docs: "testResultsProcessor"). A suite that could not start counts as a failed test. */
function countResults(report: JestReport): Counts {
  const skippedTitles = report.testResults.flatMap((suite) =>
    suite.assertionResults.filter((test) => test.status === "pending").map((test) => test.fullName),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
    skippedTitles,
  };
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}
