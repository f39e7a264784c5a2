import { readFile } from "node:fs/promises";
import {
  compareVersions,
  type Decision,
  decideChannel,
  parseVersion,
  type Rules,
  type Version,
} from "@release-actions/channel";
import { differingFiles, NpmError, type NpmRegistry, type Packument, readTarball } from "@release-actions/npm";
import { countOf } from "@release-actions/report";
import type { BuiltProduct } from "../build/build.ts";
import type { BuiltPackage } from "../build/pack.ts";
import type { KnownStage, KnownStages } from "./known-stages.ts";

/** What the registry has of a product, and what is to be done. */
export interface Plan {
  readonly product: BuiltProduct;
  readonly channel: Decision["channel"];
  /** Undefined: the rules keep the release out. */
  readonly tag: string | undefined;
  /** Whether others follow the tag, so that it must be moved when it lags behind. */
  readonly moves: boolean;
  /** In the order of publishing. */
  readonly packages: readonly PlannedPackage[];
}

export interface PlannedPackage extends BuiltPackage {
  /** Anything was ever published under the name. */
  readonly exists: boolean;
  /** This very version is there already. */
  readonly isThere: boolean;
  /** It waits for approval already. */
  readonly stage: KnownStage | undefined;
}

/** Reads the registry, and refuses what must not change. */
export async function planProduct(
  product: BuiltProduct,
  registry: NpmRegistry,
  rules: Rules,
  explicitTag: string | undefined,
  stages: KnownStages,
): Promise<Plan> {
  const packages = [...product.platforms, product.base];
  const found = await Promise.all(packages.map(({ name }) => registry.packument(name)));
  // One decision for all of them: also a half release of a newer version keeps an older one from going forwards.
  const existing = found.flatMap((packument) => versionsOf(packument));
  const { channel, npmDistTag, moves } = decideChannel(product.version, existing, rules);
  const tag = npmDistTag === undefined ? undefined : (explicitTag ?? npmDistTag);
  const planned: PlannedPackage[] = [];
  for (const [index, each] of packages.entries()) {
    const packument = found[index];
    const isThere = await isSame(each, packument, registry);
    if (tag !== undefined && !isThere) requireForward(each, tag, product.version, packument);
    const stage = tag === undefined || isThere ? undefined : await stages.find(each);
    planned.push({ ...each, exists: packument !== undefined, isThere, stage });
  }
  return { product, channel, tag, moves: tag !== undefined && moves.npm.includes(tag), packages: planned };
}

/**
 * Whether the registry has this version with the same content. Bytes may differ where only the compression does,
 * as another processor or zlib gives; any other difference is refused.
 */
export async function isSame(
  built: BuiltPackage,
  packument: Packument | undefined,
  registry: NpmRegistry,
): Promise<boolean> {
  const there = packument?.versions.get(built.version);
  if (there === undefined) return false;
  if (there.integrity === built.integrity) return true;
  const shown = `${built.name}@${built.version}`;
  const [published, own] = [await registry.tarball(there), await readFile(built.tarball)];
  const changed = differingFiles(await readTarball(published, shown), await readTarball(own, shown));
  if (changed.length === 0) return true;
  throw new NpmError(
    `${shown} is published with other content: ${countOf(changed.length, "file differs", "files differ")}, such as ${changed[0]}`,
    { advice: "A published version cannot change: raise the version." },
  );
}

/** Refuses to take a tag away from a newer version, also one that was asked for by name. */
export function requireForward(
  { name }: BuiltPackage,
  tag: string,
  version: Version,
  packument: Packument | undefined,
): void {
  const current = parsed(packument?.tags.get(tag) ?? "");
  // The registry gives `latest` to whatever is published first, also to a pre-release.
  if (current === undefined || (current.prerelease !== "" && version.prerelease === "")) return;
  if (compareVersions(current, version) <= 0) return;
  throw new NpmError(`the dist-tag ${tag} of ${name} is at ${current.text}, which is newer than ${version.text}`, {
    advice: "Leave `dist-tag` empty, so that an older line gets its own tag.",
  });
}

export function versionsOf(packument: Packument | undefined): readonly Version[] {
  return [...(packument?.versions.keys() ?? [])].map(parsed).filter((version) => version !== undefined);
}

function parsed(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch {
    return undefined; // Not in today's grammar: old registries have some.
  }
}
