// Starts a script of this repository on a machine that has only Node (20 or newer) and npm:
// fetches the pinned pnpm and the runner's Node from npm, installs the workspace, then runs
// scripts/<name>.ts under that Node. Plain JavaScript, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The newest Node 24 that is known to behave like the `node24` runtime of GitHub's runners. */
const NODE_VERSION = "24.21.0";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const pnpmVersion = manifest.packageManager.split("@")[1];
const cacheRoot = process.env.RELEASE_ACTIONS_CACHE ?? path.join(xdgCacheHome(), "release-actions");

const [name, ...args] = process.argv.slice(2);
if (!name || !existsSync(path.join(root, "scripts", `${name}.ts`))) {
  fail(`there is no script "${name ?? ""}": see "scripts" in package.json`);
}

const node = runnerNode();
const env = {
  ...process.env,
  RELEASE_ACTIONS_CACHE: cacheRoot,
  PATH: [path.dirname(node), process.env.PATH].join(path.delimiter),
};
installWorkspace();
const script = spawnSync(node, [path.join(root, "scripts", `${name}.ts`), ...args], { stdio: "inherit", env });
if (script.signal) process.kill(process.pid, script.signal);
process.exit(script.status ?? 1);

/** The Node that runs scripts, tests and bundles: the current one if it is Node 24, else the one from npm. */
function runnerNode() {
  if (process.versions.node.split(".")[0] === "24") return process.execPath;
  const platform = process.platform === "win32" ? "win" : process.platform;
  const folder = fromNpm(`node-${platform}-${process.arch}`, NODE_VERSION);
  return path.join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
}

/** Installs one npm package into the tool cache and returns its folder. The folder appears only when it is complete. */
function fromNpm(packageName, version) {
  const home = path.join(cacheRoot, "npm", `${packageName}-${version}`);
  const folder = path.join(home, "node_modules", packageName);
  if (existsSync(home)) return folder;
  say(`installing ${packageName} ${version} from npm`);
  const partial = `${home}.${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(path.join(partial, "package.json"), "{}\n");
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  run("npm", ["install", ...options, `${packageName}@${version}`], partial, process.env);
  try {
    renameSync(partial, home);
  } catch (error) {
    // Another process may have finished first; then its copy is used.
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
  return folder;
}

/** Runs `pnpm install` unless the lock file is the one that was installed last. */
function installWorkspace() {
  const lock = path.join(root, "pnpm-lock.yaml");
  const stamp = path.join(root, "node_modules", ".installed");
  const wanted = createHash("sha256").update(readFileSync(lock)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say("installing the workspace's dependencies");
  const pnpm = path.join(fromNpm("pnpm", pnpmVersion), "pnpm");
  const install = ["install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only", "--loglevel=warn"];
  run(pnpm, install, root, env);
  writeFileSync(stamp, wanted);
}

function run(command, commandArgs, cwd, environment) {
  const done = spawnSync(command, commandArgs, {
    cwd,
    env: { ...environment, CI: "true" },
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (done.error) fail(`cannot start ${command}: ${done.error.message}`);
  if (done.status !== 0) fail(`${command} ${commandArgs.join(" ")}: exit code ${done.status}, see its output above`);
}

function xdgCacheHome() {
  return process.env.XDG_CACHE_HOME || path.join(homedir(), ".cache");
}

function say(text) {
  process.stderr.write(`bootstrap: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
