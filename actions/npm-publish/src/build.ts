import {
  binaryPath,
  checkBinary,
  type PackageFiles,
  type Product,
  parseWantedPlatform,
  platformManifest,
  platformOfTarget,
  platformPackageName,
} from "@release-actions/npm";
import { aboutApp } from "./about.ts";
import { readArchive } from "./archive-content.ts";
import { buildBase } from "./build-base.ts";
import type { BuildContext, BuiltPlatform } from "./build-context.ts";
import { type BuiltPackage, pack, withManifest } from "./pack.ts";
import type { PackageEntry } from "./package-list.ts";
import { packageName } from "./product-names.ts";
import { type ReleasedApp, targetsOf } from "./released.ts";
import { extrasOf, presentPlatforms, programIn, programOf, wantedFiles, wantedTargets } from "./targets.ts";
import { openTemplate } from "./template.ts";

/** One product: nothing may be installed that lacks a part, so the base comes last. */
export interface BuiltProduct {
  readonly product: Product;
  readonly version: ReleasedApp["version"];
  readonly platforms: readonly BuiltPackage[];
  readonly base: BuiltPackage;
}

/** From archives to packed and tested tarballs. */
export async function buildProduct(entry: PackageEntry, context: BuildContext): Promise<BuiltProduct> {
  const { runner, facts, released, store } = context;
  const app = released.app(entry.app, store.names);
  const binary = entry.binary ?? programOf(app);
  const product: Product = {
    name: packageName(entry.package ?? binary, runner.inputs.scope),
    version: app.version.text,
    ...{ binary, about: aboutApp(app.app, facts), fields: entry.fields },
  };
  const dropped = runner.inputs["drop-targets"];
  const all = runner.inputs.platforms.map(parseWantedPlatform);
  const wanted = presentPlatforms(all, targetsOf(app), dropped);
  const left = all.filter((each) => !wanted.includes(each)).map(({ text }) => text);
  if (left.length > 0) runner.info(`${product.name} leaves out ${left.join(", ")}, as \`drop-targets\` says`);
  const targets = wantedTargets(wanted, app, dropped);
  const template = await openTemplate(runner.inputs.template);
  const folder = await runner.tempFolder("packages");
  const platforms: BuiltPlatform[] = [];
  let extras: PackageFiles = new Map();
  for (const { wanted: each, target, archive } of targets) {
    const content = await readArchive(
      await store.fetch(archive.file),
      wantedFiles(binary, runner.inputs.files),
      runner,
    );
    const program = programIn(content, binary, each, archive.file);
    const needed = await checkBinary(program.content, target, `${binary} of ${archive.file}`);
    // Beside a build for the other C library a static one is kept to its own, so that each machine gets one package.
    const rivals = wanted.filter(({ os, cpu }) => os === each.os && cpu === each.cpu);
    const libc = rivals.length > 1 ? platformOfTarget(target)?.libc : needed;
    const own = extrasOf(content, binary);
    if (extras.size === 0) extras = own;
    const files = new Map([...own, [binaryPath(product, each), { ...program, executable: true }]]);
    const name = platformPackageName(product.name, each);
    const manifest = platformManifest(
      product,
      each,
      libc,
      [...files.keys()].sort(),
      template(product.name, product.version, each, libc),
    );
    platforms.push({
      wanted: each,
      libc,
      built: await pack(name, product.version, withManifest(files, manifest), folder),
    });
  }
  const base = await buildBase(entry, product, platforms, extras, context, folder);
  return { product, version: app.version, platforms: platforms.map(({ built }) => built), base };
}
