import { availableParallelism } from "node:os";
import { parseDropTargets } from "@release-actions/dist-plan";
import {
  binaryPath,
  checkBinary,
  type Product,
  parseWantedPlatform,
  platformManifest,
  platformOfTarget,
  platformPackageName,
} from "@release-actions/npm";
import type { PackageEntry } from "../package-list.ts";
import { packageName } from "../product-names.ts";
import { type ReleasedApp, targetsOf } from "../released.ts";
import { aboutApp } from "./about.ts";
import { readArchive } from "./archive-content.ts";
import { buildBase } from "./build-base.ts";
import type { BuildContext, BuiltPlatform } from "./build-context.ts";
import { type BuiltPackage, pack, withManifest } from "./pack.ts";
import {
  extrasOf,
  type PlatformTarget,
  presentPlatforms,
  programIn,
  programOf,
  wantedFiles,
  wantedTargets,
} from "./targets.ts";
import { openTemplate } from "./template.ts";

/** The packages of one product. The base is published last, so that nobody can install it without its parts. */
export interface BuiltProduct {
  readonly product: Product;
  readonly version: ReleasedApp["version"];
  readonly platforms: readonly BuiltPackage[];
  readonly base: BuiltPackage;
}

/** Builds the packages of one product from the archives, packs them, and tests the launcher. */
export async function buildProduct(entry: PackageEntry, context: BuildContext): Promise<BuiltProduct> {
  const { runner, facts, released, store } = context;
  const app = released.app(entry.app, store.names);
  const binary = entry.binary ?? programOf(app);
  const product: Product = {
    name: packageName(entry.package ?? binary, runner.inputs.scope),
    version: app.version.text,
    binary,
    about: aboutApp(app.app, facts),
    fields: entry.fields,
    platformName: runner.inputs["platform-name"],
  };
  const drops = parseDropTargets(runner.inputs["drop-targets"]);
  const isDropped = (target: string): boolean => drops(app.app, target);
  const all = runner.inputs.platforms.map(parseWantedPlatform);
  const wanted = presentPlatforms(all, targetsOf(app), isDropped);
  const left = all.filter((each) => !wanted.includes(each)).map(({ text }) => text);
  if (left.length > 0) runner.info(`${product.name} leaves out ${left.join(", ")}, as \`drop-targets\` says`);
  const targets = wantedTargets(wanted, app, isDropped);
  const template = await openTemplate(runner.inputs.template);
  const folder = await runner.tempFolder("packages");
  const build = async ({ wanted: each, target, archive }: PlatformTarget): Promise<BuiltPlatform> => {
    const content = await readArchive(
      await store.fetch(archive.file),
      wantedFiles(binary, runner.inputs.files),
      runner,
    );
    const program = programIn(content, binary, each, archive.file);
    const found = await checkBinary(program.content, target, `${binary} of ${archive.file}`);
    // If there is a build for each C library, give a static one its `libc` too, so that each machine gets one package.
    const rivals = wanted.filter(({ os, cpu }) => os === each.os && cpu === each.cpu);
    const needs = rivals.length > 1 ? { ...found, libc: platformOfTarget(target)?.libc } : found;
    const extras = extrasOf(content, binary);
    const files = new Map([...extras, [binaryPath(product, each), { ...program, executable: true }]]);
    const name = platformPackageName(product, each);
    const manifest = platformManifest(
      product,
      each,
      needs,
      [...files.keys()].sort(),
      template(product, each, needs.libc),
    );
    return {
      wanted: each,
      needs,
      extras,
      built: await pack(name, product.version, withManifest(files, manifest), folder),
    };
  };
  const platforms = await sideBySide(targets, build);
  const extras = platforms.find((each) => each.extras.size > 0)?.extras ?? new Map();
  const base = await buildBase(entry, product, platforms, extras, context, folder);
  return { product, version: app.version, platforms: platforms.map(({ built }) => built), base };
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
