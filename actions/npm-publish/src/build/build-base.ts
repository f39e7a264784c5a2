import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  type BinaryNeeds,
  baseManifest,
  checkBase,
  checkContract,
  LAUNCHER_TYPES,
  makeLauncher,
  NpmError,
  ownBaseManifest,
  type PackageFile,
  type PackageFiles,
  type Product,
  parseManifest,
  platformPackageName,
  readTarball,
  type WantedPlatform,
} from "@release-actions/npm";
import type { RunFacts } from "@release-actions/release-run";
import type { ActionRunner } from "../action.gen.ts";
import type { NpmCli } from "../npm-cli.ts";
import type { PackageEntry } from "../package-list.ts";
import type { Released } from "../released.ts";
import type { ArchiveStore } from "./archive-store.ts";
import { type BuiltPackage, json, pack, textFile, withManifest } from "./pack.ts";
import { baseReadme } from "./readme.ts";

/** What the build needs in addition to the inputs. */
export interface BuildContext {
  readonly runner: ActionRunner;
  readonly facts: RunFacts;
  readonly released: Released;
  readonly store: ArchiveStore;
  readonly npm: NpmCli;
}

export interface BuiltPlatform {
  readonly wanted: WantedPlatform;
  readonly needs: BinaryNeeds;
  /** The files taken from the archive in addition to the program. */
  readonly extras: PackageFiles;
  readonly built: BuiltPackage;
}

/** Builds the package that people install: a generated one, or the user's with its own launcher. Tests it as packed. */
export async function buildBase(
  entry: PackageEntry,
  product: Product,
  platforms: readonly BuiltPlatform[],
  extras: PackageFiles,
  { runner, facts, npm }: BuildContext,
  folder: string,
): Promise<BuiltPackage> {
  const { inputs } = runner;
  const wanted = platforms.map((platform) => platform.wanted);
  const counted = inputs.analytics === "scarf" ? { "@scarf/scarf": "^1.4.0" } : {};
  const own = entry.base === undefined ? inputs.base : path.resolve(facts.workspace, entry.base);
  const files =
    own === undefined
      ? generatedBase(product, platforms, extras, counted)
      : await packOwnBase(own, product, wanted, counted, npm, await runner.tempFolder("base"));
  const names = wanted.map((each) => platformPackageName(product, each));
  const built = await pack(product.name, product.version, files, folder);
  checkBase(built.manifest, names);
  const here = wanted.filter(({ os, cpu }) => os === process.platform && cpu === process.arch);
  if (here.length === 0 || process.platform === "win32") {
    const message = `the launcher of ${product.name} was not tested, because this machine can start none of its packages (${process.platform}-${process.arch})`;
    runner.problem({ level: "warning", message });
    return built;
  }
  const packed = await readTarball(await readFile(built.tarball), product.name);
  const options = { run: runner.exec, folder: await runner.tempFolder("contract"), node: process.execPath };
  const local = here.map((each) => platformPackageName(product, each));
  const weaknesses = await runner.group(`testing the packed launcher of ${product.name}`, () =>
    checkContract(packed, product, local, { ...options, searchPath: runner.env["PATH"] }),
  );
  if (weaknesses.length > 0) {
    const message = `the launcher of ${product.name} does less than the generated one: ${weaknesses.join("; ")}`;
    runner.problem({ level: "warning", message });
  }
  return built;
}

function generatedBase(
  product: Product,
  platforms: readonly BuiltPlatform[],
  extras: PackageFiles,
  dependencies: Readonly<Record<string, string>>,
): PackageFiles {
  const { binary } = product;
  const wanted = platforms.map((platform) => platform.wanted);
  const files = new Map<string, PackageFile>(extras);
  files.set(`bin/${binary}.js`, textFile(makeLauncher(product, platforms), true));
  files.set(`bin/${binary}.d.ts`, textFile(LAUNCHER_TYPES));
  if (![...files.keys()].some((name) => /^readme/i.test(name))) {
    files.set("README.md", textFile(baseReadme(product, wanted)));
  }
  return withManifest(files, baseManifest(product, wanted, [...files.keys()].sort(), dependencies));
}

/** Packs the user's folder with npm, which decides which of the files belong to the package. */
async function packOwnBase(
  source: string,
  product: Product,
  wanted: readonly WantedPlatform[],
  dependencies: Readonly<Record<string, string>>,
  npm: NpmCli,
  work: string,
): Promise<PackageFiles> {
  const copy = path.join(work, "folder");
  if ((await stat(source).catch(() => undefined))?.isDirectory() !== true) {
    throw new NpmError(`\`base\` is ${source}, expected a folder with a package.json`);
  }
  await cp(source, copy, { recursive: true, filter: (file) => path.basename(file) !== "node_modules" });
  if (!(await readdir(copy)).includes("package.json")) throw new NpmError(`${source} has no package.json`);
  const place = path.join(copy, "package.json");
  const written = parseManifest(await readFile(place, "utf8"), path.join(source, "package.json"));
  await writeFile(place, json(ownBaseManifest(product, wanted, written, dependencies)));
  const out = path.join(work, "out");
  await mkdir(out);
  return readTarball(await readFile(await npm.pack(copy, out)), source);
}
