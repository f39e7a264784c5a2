import { parseDropTargets } from "@release-actions/dist-plan";
import { parseWantedPlatform, platformPackageName, requirePackageName } from "@release-actions/npm";
import type { ActionRunner } from "./action.gen.ts";
import { presentPlatforms, programOf } from "./build/targets.ts";
import type { PackageEntry } from "./package-list.ts";
import { type Released, targetsOf } from "./released.ts";

/** The names of the packages of one product. */
export interface ProductNames {
  readonly version: string;
  readonly base: string;
  readonly platforms: readonly string[];
}

/** The names that publishing uses, computed without reading the archives. */
export function namesOf(entry: PackageEntry, { inputs }: ActionRunner, released: Released): ProductNames {
  const app = released.name(entry.app, entry.package !== undefined);
  const base = packageName(entry.package ?? entry.binary ?? programOf(app), inputs.scope);
  const wanted = inputs.platforms.map(parseWantedPlatform);
  const drops = parseDropTargets(inputs["drop-targets"]);
  const isDropped = (target: string): boolean => drops(app.app, target);
  const present = app.archives.length === 0 ? wanted : presentPlatforms(wanted, targetsOf(app), isDropped);
  const product = { name: base, binary: entry.binary ?? programOf(app), platformName: inputs["platform-name"] };
  return { version: app.version.text, base, platforms: present.map((each) => platformPackageName(product, each)) };
}

export function packageName(text: string, scope: string | undefined): string {
  if (scope === undefined || text.startsWith("@")) return requirePackageName(text);
  return requirePackageName(`${scope.startsWith("@") ? "" : "@"}${scope}/${text}`);
}
