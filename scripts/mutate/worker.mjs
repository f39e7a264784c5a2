// Runs the unit tests of a package for one mutant after the other, as its parent sends them, and says whether one failed.
import { createRequire } from "node:module";
import path from "node:path";

// An import would ask for all that the module can export, and so for packages that are not installed.
const { runCLI } = createRequire(import.meta.url)("jest");

const [folder] = process.argv.slice(2);
const config = {
  rootDir: folder,
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": path.join(import.meta.dirname, "transform.mjs") },
  testMatch: ["<rootDir>/src/**/*.test.ts"],
};

process.on("message", async (mutant) => {
  process.env.MUTANT = JSON.stringify(mutant);
  // Within a process jest remembers what a file became, for each configuration.
  const own = JSON.stringify({ ...config, globals: { MUTANT: process.env.MUTANT } });
  const related = mutant.file === undefined ? {} : { findRelatedTests: true, _: [mutant.file] };
  const options = { config: own, runInBand: true, silent: true, watchman: false, ci: true, reporters: [] };
  const { results } = await runCLI({ ...options, testTimeout: 10_000, $0: "jest", _: [], ...related }, [folder]);
  const failed = results.numFailedTests + results.numFailedTestSuites;
  process.send({ tests: results.numTotalTests, isKilled: failed > 0 });
});
