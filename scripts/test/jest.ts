import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";

const root = path.dirname(path.dirname(import.meta.dirname));

/** The projects in jest.config.mjs. */
export type Project = "unit" | "integration" | "engine" | "workflow" | "world";

/** Unit tests use every core, tests of whole actions leave one to their servers, tests that share engines run one by one. */
const WORKERS: Readonly<Record<Project, readonly string[]>> = {
  unit: ["--maxWorkers=100%"],
  integration: [],
  engine: ["--maxWorkers=1"],
  workflow: ["--maxWorkers=1"],
  // The first run mostly waits for downloads.
  world: ["--testTimeout=300000"],
};

/** The results of one test file. */
export interface FileResult {
  /** Absolute path; empty when jest itself crashed. */
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Titles of the tests that did not run. */
  readonly skippedTitles: readonly string[];
}

const CRASH: FileResult = { file: "", passed: 0, failed: 1, skipped: 0, skippedTitles: [] };

/**
 * Runs the tests of one project and shows their output as it comes. A crash of jest counts as one failure.
 *
 * @param shard a part of its files, such as `1/4` (jest's `--shard`)
 */
export async function runProject(
  project: Project,
  patterns: readonly string[],
  env: NodeJS.ProcessEnv,
  shard?: string,
): Promise<FileResult[]> {
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
    // A server that a failed test left open must not delay the next projects.
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
  if (!existsSync(report)) return [CRASH];
  const { testResults }: JestReport = JSON.parse(readFileSync(report, "utf8"));
  const results = testResults.map(countResults);
  return code !== 0 && results.every(({ failed }) => failed === 0) ? [...results, CRASH] : results;
}

/** One suite of jest's `--json` report (docs: "testResultsProcessor"). A suite that could not start counts as a failed test. */
function countResults({ name, status, assertionResults }: JestReport["testResults"][number]): FileResult {
  const count = (...statuses: string[]): number =>
    assertionResults.filter((test) => statuses.includes(test.status)).length;
  const failed = count("failed");
  return {
    file: name,
    passed: count("passed"),
    failed: failed === 0 && status === "failed" ? 1 : failed,
    skipped: count("pending", "todo"),
    skippedTitles: assertionResults.filter((test) => test.status === "pending").map((test) => test.fullName),
  };
}

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}
