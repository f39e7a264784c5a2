import { availableParallelism } from "node:os";
import {
  binaryPath,
  checkBinary,
  type Product,
  platformManifest,
  platformOfTarget,
  platformPackageName,
} from "@release-actions/npm";
import type { PackageEntry } from "../package-list.ts";
import { describeProduct } from "../product-names.ts";
import type { ReleasedApp } from "../released.ts";
import { aboutApp } from "./about.ts";
import { type BuildContext, type BuiltPlatform, buildBase } from "./build-base.ts";
import { type BuiltPackage, pack, withManifest } from "./pack.ts";
import { extrasOf, type PlatformTarget, programIn, wantedFiles, wantedTargets } from "./targets.ts";
import { openTemplate } from "./template.ts";

/** The packages of one product. The base is published last, so that nobody can install it without its parts. */
export interface BuiltProduct {
  /** The name of the base package. */
  readonly name: string;
  readonly version: ReleasedApp["version"];
  /** The packages of the platforms, and behind them the base package. */
  readonly packages: readonly BuiltPackage[];
}

/** Builds the packages of one product from the archives, packs them, and tests the launcher. */
export async function buildProduct(entry: PackageEntry, context: BuildContext): Promise<BuiltProduct> {
  const { runner, facts, released, store } = context;
  const app = released.app(entry.app, store.names);
  const { names, platforms: wanted, isDropped } = describeProduct(entry, runner.inputs, app);
  const { binary } = names;
  const about = aboutApp(app.app, facts);
  const product: Product = { ...names, version: app.version.text, about, fields: entry.fields };
  const left = runner.inputs.platforms.filter((text) => !wanted.some((each) => each.text === text));
  if (left.length > 0) runner.info(`${product.name} leaves out ${left.join(", ")}, as \`drop-targets\` says`);
  const targets = wantedTargets(wanted, app, isDropped);
  const template = await openTemplate(runner.inputs.template);
  const folder = await runner.tempFolder("packages");
  const build = async ({ wanted: each, target, archive }: PlatformTarget): Promise<BuiltPlatform> => {
    const content = await store.read(archive.file, wantedFiles(binary, runner.inputs.files));
    const program = programIn(content, binary, each, archive.file);
    const found = await checkBinary(program.content, target, `${binary} of ${archive.file}`);
    // If there is a build for each C library, give a static one its `libc` too, so that each machine gets one package.
    const rivals = wanted.filter(({ os, cpu }) => os === each.os && cpu === each.cpu);
    const needs = rivals.length > 1 ? { ...found, libc: platformOfTarget(target)?.libc } : found;
    const extras = extrasOf(content, binary);
    const files = new Map([...extras, [binaryPath(product, each), { ...program, executable: true }]]);
    const name = platformPackageName(product, each);
    const paths = [...files.keys()].sort();
    const manifest = platformManifest(product, each, needs, paths, template(product, each, needs.libc));
    const built = await pack(name, product.version, withManifest(files, manifest), folder);
    return { wanted: each, needs, extras, built };
  };
  const platforms = await sideBySide(targets, build);
  const extras = platforms.find((each) => each.extras.size > 0)?.extras ?? new Map();
  const base = await buildBase(entry, product, platforms, extras, context, folder);
  const packages = [...platforms.map(({ built }) => built), base];
  return { name: product.name, version: app.version, packages };
}

/** Runs as much work at a time as there are processors: packing needs CPU time, and memory for a whole program. */
async function sideBySide<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}
