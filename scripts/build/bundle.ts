// Bundles programs with ncc, one after the other. Each argument is JSON: `{"label", "source", "target"}`.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import ncc from "@vercel/ncc";
import { bundledLicenses, type StatsModule } from "./licenses.ts";
import { minifyScripts } from "./minify.ts";
import { makeIdsStable, type Stats } from "./stable-ids.ts";

/** The result of ncc (github.com/vercel/ncc, "Programmatically From Node.js"). */
interface Bundle {
  readonly code: string;
  readonly assets: Readonly<Record<string, { readonly source: string | Buffer; readonly permissions?: number }>>;
  readonly stats: { toJson(): Stats & { readonly modules: readonly StatsModule[] } };
}

interface Entry {
  readonly label: string;
  readonly source: string;
  readonly target: string;
}

for (const text of process.argv.slice(2)) await bundle(JSON.parse(text) as Entry);

async function bundle({ label, source, target }: Entry): Promise<void> {
  const started = performance.now();
  const { code, assets, stats }: Bundle = await ncc(source, {
    cache: false,
    transpileOnly: true,
    target: "es2022",
    quiet: true,
  });
  rmSync(target, { recursive: true, force: true });
  write(target, "index.js", code);
  for (const [name, { source: content, permissions }] of Object.entries(assets)) {
    write(target, name, content);
    if (permissions !== undefined) chmodSync(path.join(target, name), permissions);
  }
  const modules = stats.toJson();
  makeIdsStable(target, modules);
  await minifyScripts(target);
  write(target, "licenses.txt", bundledLicenses(modules));
  console.log(`built ${label} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function write(folder: string, name: string, content: string | Buffer): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}
