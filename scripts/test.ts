// Runs all tests, or those of some rings or files: `npm test`, `npm test -- unit`, `npm test -- packages/oci`.
// `npm test -- world --all` tries everything that is pinned in test/world instead of the usual sample.
// `GITEA=1 npm test` compiles Gitea, which takes half an hour or more; otherwise its tests run only if it is already compiled.
// It builds the bundles, installs the real tools, starts the engines, and ends with one line of counts.
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { Fault, formatDuration, silentReporter } from "@release-actions/report";
import { NoEngine, OWN_VARIANTS, type OwnEngine, startEngine } from "./docker-engine.ts";
import { type FileResult, type Project, runProject } from "./test/jest.ts";
import { noteTested } from "./test/tested.ts";
import { binFolder, install } from "./tools/install.ts";
import { GITEA, TOOLS } from "./tools/pins.ts";

const RINGS = ["unit", "integration", "workflow", "world"] as const;
type Ring = (typeof RINGS)[number];

interface Part {
  readonly ring: Ring;
  readonly project: Project;
  readonly shard?: string;
}

/** Lanes of tests that run in parallel, since they mostly wait for servers and engines. The lanes take about the same time. */
const LANES: readonly (readonly Part[])[] = [
  ["1/4", "2/4", "3/4"].map((shard) => ({ ring: "integration", project: "integration", shard })),
  [
    { ring: "workflow", project: "workflow" },
    { ring: "integration", project: "engine" },
    { ring: "integration", project: "integration", shard: "4/4" },
  ],
];

/** If at most this many files failed, each runs a second time by itself. More failures probably have one common cause. */
const MAX_AGAIN = 5;

const root = path.dirname(import.meta.dirname);
const args = process.argv.slice(2);
const patterns = args.filter((arg) => !isRing(arg) && arg !== "--all");
const rings = RINGS.filter((ring) => args.includes(ring) || !args.some(isRing));

const started = performance.now();
// Compiling the tools takes minutes. The unit tests do not need them and run in the meantime.
const parts = rings.some((ring) => ring !== "unit") ? prepare() : undefined;
parts?.catch(() => undefined); // The error is handled below, after the unit tests.
const results: { readonly project: Project; readonly files: readonly FileResult[] }[] = [];
if (rings.includes("unit")) results.push({ project: "unit", files: await runProject("unit", patterns, process.env) });

const { env, engines } = (await parts) ?? { env: process.env, engines: [] };
try {
  const runLane = async (lane: readonly Part[]): Promise<void> => {
    for (const { ring, project, shard } of lane) {
      if (rings.includes(ring)) results.push({ project, files: await runProject(project, patterns, env, shard) });
    }
  };
  await Promise.all(LANES.map(runLane));
  // This ring runs alone: it uses every core, and its time limits allow for downloads but not for a busy machine.
  await runLane([{ ring: "world", project: "world" }]);
  await runFailedAgain();
} finally {
  for (const engine of engines) await engine.stop();
}

const files = results.flatMap((result) => result.files);
const sum = (key: "passed" | "failed" | "skipped"): number => files.reduce((total, file) => total + file[key], 0);
for (const title of files.flatMap((file) => file.skippedTitles)) say(`skipped: ${title}`);
say(`took ${formatDuration(performance.now() - started)}`);
const nothingRan = sum("passed") + sum("failed") === 0;
if (nothingRan) say("no test matched");
if (args.length === 0 && sum("failed") === 0 && !nothingRan) noteTested(root);
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exit(sum("failed") > 0 || nothingRan ? 1 : 0);

/**
 * Runs each failed file once more by itself, and uses that result, because two lanes of tests and five engines in parallel
 * may slow a test down too much. The files are reported, since a test that passes only sometimes has a fault.
 */
async function runFailedAgain(): Promise<void> {
  const failed = results.flatMap(({ project, files }) =>
    files.filter((file) => file.failed > 0).map(({ file }) => ({ project, file })),
  );
  if (failed.length > MAX_AGAIN || failed.some(({ file }) => file === "")) return;
  for (const { project, file } of failed) {
    const again = await runProject(project, [file], env);
    const isSound = again.every((result) => result.failed === 0);
    say(`${path.relative(root, file)} failed among others, and ${isSound ? "passed" : "failed as well"} by itself`);
    const index = results.findIndex((result) => result.files.some((one) => one.file === file));
    const others = results[index]?.files.filter((one) => one.file !== file) ?? [];
    results[index] = { project, files: [...others, ...again] };
  }
}

function isRing(arg: string): arg is Ring {
  return RINGS.some((ring) => ring === arg);
}

/** Builds the bundles, installs the tools and starts the engines. Tests of parts that are not available are skipped. */
async function prepare(): Promise<{ env: NodeJS.ProcessEnv; engines: readonly OwnEngine[] }> {
  const [, , engines] = await Promise.all([
    runCommand(process.execPath, [path.join(root, "scripts/build.ts")], {
      onOutput: (_stream, text) => say(text.trim()),
    }),
    install(process.env["GITEA"] === "1" ? [...TOOLS, GITEA] : TOOLS, say).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      say(`not every tool could be installed: ${error.message}`);
    }),
    startEngines(),
  ]);
  const folders = TOOLS.map(binFolder).filter((folder) => folder !== undefined);
  const sockets = engines.map((engine) => [
    `TEST_ENGINE_${engine.variant.replace(".", "_").toUpperCase()}`,
    engine.socket,
  ]);
  return {
    env: {
      ...process.env,
      ...Object.fromEntries(sockets),
      PATH: [...folders, process.env["PATH"]].join(path.delimiter),
      // Settings of this machine must not affect the tools under test.
      CARGO_TARGET_DIR: undefined,
      RUSTFLAGS: undefined,
      WORLD_ALL: args.includes("--all") ? "1" : undefined,
    },
    engines,
  };
}

async function startEngines(): Promise<OwnEngine[]> {
  const reporter = { ...silentReporter, info: say };
  const engines: OwnEngine[] = [];
  for (const variant of OWN_VARIANTS) {
    try {
      engines.push(await startEngine(variant, reporter));
    } catch (error) {
      if (!(error instanceof NoEngine)) throw error;
      say(`no ${variant} engine: ${error.message}`);
    }
  }
  return engines;
}

function say(text: string): void {
  process.stderr.write(`test: ${text}\n`);
}
