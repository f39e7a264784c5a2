// Bundles every action, or the named ones, into actions/<name>/dist with ncc. A bundle whose sources
// are unchanged is left alone.
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { type ActionFile, readActions } from "./generate/action-file.ts";

const root = path.dirname(import.meta.dirname);

/** The most bundles that one process makes. More bundles share the warm-up of the bundler, but it keeps everything it reads in memory. */
const BATCH = 4;

await buildActions(process.argv.slice(2));

async function buildActions(names: readonly string[]): Promise<void> {
  const actions = readActions(root).filter((action) => action.using !== "composite");
  const unknown = names.filter((name) => !actions.some((action) => action.name === name));
  if (unknown.length > 0) throw new Error(`no such action: ${unknown.join(", ")}`);
  const wanted = actions.filter((action) => names.length === 0 || names.includes(action.name));
  const queue = wanted.map(entries).filter((programs) => !programs.every(isBuilt));
  const size = Math.min(BATCH, Math.ceil(queue.flat().length / availableParallelism()));
  const workers = Array.from({ length: availableParallelism() }, async () => {
    for (let batch = nextBatch(queue, size); batch.length > 0; batch = nextBatch(queue, size)) await bundle(batch);
  });
  await Promise.all(workers);
}

/** Takes the next bundles for one process. The programs of an action stay together, because the folder of the first contains the others. */
function nextBatch(queue: Entry[][], size: number): Entry[] {
  const batch: Entry[] = [];
  while (batch.length < size) {
    const next = queue.shift();
    if (next === undefined) break;
    batch.push(...next);
  }
  return batch;
}

interface Entry {
  readonly label: string;
  readonly source: string;
  readonly target: string;
  /** The digest of all sources that can end up in the bundle. */
  readonly digest: string;
}

/** The main step's bundle is dist/index.js, the post step's dist/post/index.js. */
function entries(action: ActionFile): Entry[] {
  const main = path.join(action.folder, "src/main.ts");
  const post = path.join(action.folder, "src/post.ts");
  const dist = path.join(action.folder, "dist");
  const digest = sourceDigest(action);
  const entry: Entry = { label: action.name, source: main, target: dist, digest };
  if (!existsSync(post)) return [entry];
  return [entry, { label: `${action.name} (post)`, source: post, target: path.join(dist, "post"), digest }];
}

function stampOf({ label }: Entry): string {
  return path.join(root, ".work/build", `${label.replace(/\W+/g, "-")}.sha256`);
}

function isBuilt(entry: Entry): boolean {
  const stamp = stampOf(entry);
  return (
    existsSync(path.join(entry.target, "index.js")) && existsSync(stamp) && readFileSync(stamp, "utf8") === entry.digest
  );
}

async function bundle(batch: readonly Entry[]): Promise<void> {
  const args = batch.map(({ label, source, target }) => JSON.stringify({ label, source, target }));
  await runCommand(process.execPath, [path.join(root, "scripts/build/bundle.ts"), ...args], {
    cwd: root,
    onOutput: (_stream, text) => process.stdout.write(text),
  });
  for (const entry of batch) {
    mkdirSync(path.dirname(stampOf(entry)), { recursive: true });
    writeFileSync(stampOf(entry), entry.digest);
  }
}

/**
 * One digest over everything that can end up in an action's bundles: the action, its packages and the lock file. The
 * version numbers of packages are left out, so that a release that only raises them keeps the tested bundles.
 */
function sourceDigest(action: ActionFile): string {
  const folders = withDependencies(action.folder);
  const files = folders.flatMap((folder) => [
    path.join(folder, "package.json"),
    ...filesBelow(path.join(folder, "src")),
  ]);
  const settings = [
    "pnpm-lock.yaml",
    "tsconfig.json",
    "tsconfig.base.json",
    "scripts/build.ts",
    "scripts/build/bundle.ts",
    "scripts/build/minify.ts",
    "scripts/build/stable-ids.ts",
  ];
  const shared = settings.map((name) => path.join(root, name));
  const hash = createHash("sha256");
  for (const file of [...files, ...shared].sort()) {
    const content = file.endsWith("/package.json") ? withoutVersion(file) : readFileSync(file);
    hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function withoutVersion(manifest: string): Buffer {
  return Buffer.from(JSON.stringify({ ...JSON.parse(readFileSync(manifest, "utf8")), version: undefined }));
}

/** The folder, and the folders of all workspace packages on which it depends. */
function withDependencies(folder: string, found = new Set<string>()): string[] {
  if (found.has(folder)) return [...found];
  found.add(folder);
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
    readFileSync(path.join(folder, "package.json"), "utf8"),
  );
  for (const [name, version] of Object.entries(dependencies)) {
    if (version.startsWith("workspace:")) {
      withDependencies(path.join(root, "packages", name.slice(name.indexOf("/") + 1)), found);
    }
  }
  return [...found];
}

function filesBelow(folder: string): string[] {
  return globSync("**/*", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => path.join(entry.parentPath, entry.name));
}
