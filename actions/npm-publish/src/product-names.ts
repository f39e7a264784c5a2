import { parseDropTargets } from "@release-actions/dist-plan";
import {
  parseWantedPlatform,
  platformPackageName,
  requirePackageName,
  type WantedPlatform,
} from "@release-actions/npm";
import type { ActionRunner } from "./action.gen.ts";
import { type IsDropped, presentPlatforms, programOf } from "./build/targets.ts";
import type { PackageEntry } from "./package-list.ts";
import type { Released, ReleasedApp } from "./released.ts";

/** The names of the packages of one product. */
export interface ProductNames {
  readonly version: string;
  readonly base: string;
  /** In the order of publishing: the base package is the last. */
  readonly packages: readonly string[];
}

/** The names that publishing uses, computed without reading the archives. */
export function namesOf(entry: PackageEntry, { inputs }: ActionRunner, released: Released): ProductNames {
  const app = released.name(entry.app, entry.package !== undefined);
  const { names, platforms } = describeProduct(entry, inputs, app);
  const parts = platforms.map((each) => platformPackageName(names, each));
  return { version: app.version.text, base: names.name, packages: [...parts, names.name] };
}

interface ProductDescription {
  /** What the names of the packages are made from. */
  readonly names: { readonly name: string; readonly binary: string; readonly platformName: string | undefined };
  /** The platforms of the inputs, without those that were left out on purpose. */
  readonly platforms: readonly WantedPlatform[];
  readonly isDropped: IsDropped;
}

export function describeProduct(
  entry: PackageEntry,
  inputs: ActionRunner["inputs"],
  app: ReleasedApp,
): ProductDescription {
  const binary = entry.binary ?? programOf(app);
  const name = packageName(entry.package ?? binary, inputs.scope);
  const drops = parseDropTargets(inputs["drop-targets"]);
  const isDropped = (target: string): boolean => drops(app.app, target);
  const platforms = presentPlatforms(inputs.platforms.map(parseWantedPlatform), app, isDropped);
  return { names: { name, binary, platformName: inputs["platform-name"] }, platforms, isDropped };
}

function packageName(text: string, scope: string | undefined): string {
  if (scope === undefined || text.startsWith("@")) return requirePackageName(text);
  return requirePackageName(`${scope.startsWith("@") ? "" : "@"}${scope}/${text}`);
}
