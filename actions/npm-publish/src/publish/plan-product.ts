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

/** What the registry has of a product, and what to do with each package. */
export interface Plan {
  readonly product: BuiltProduct;
  readonly channel: Decision["channel"];
  /** The dist-tag; undefined when the rules do not publish the release. */
  readonly tag: string | undefined;
  /** Whether the tag follows releases, so that it must be moved when it is at an older version. */
  readonly moves: boolean;
  /** In the order of publishing. */
  readonly packages: readonly PlannedPackage[];
}

export interface PlannedPackage extends BuiltPackage {
  /** Whether any version was ever published under the name. */
  readonly exists: boolean;
  /** Whether this version is already published. */
  readonly isThere: boolean;
  /** The stage, when it already waits for approval. */
  readonly stage: KnownStage | undefined;
}

/**
 * Reads from the registry what it has of a product, and plans what to publish.
 *
 * @throws NpmError when a published version has other content, or when a dist-tag would move to an older version
 */
export async function planProduct(
  product: BuiltProduct,
  registry: NpmRegistry,
  rules: Rules,
  explicitTag: string | undefined,
  stages: KnownStages,
): Promise<Plan> {
  const packages = [...product.platforms, product.base];
  const found = await Promise.all(packages.map(({ name }) => registry.packument(name)));
  // Decide once for all packages: even a partly published newer version must keep an older one from taking its tag.
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
 * Whether the registry has this version with the same content. The bytes may differ by the compression only, which
 * depends on the processor and on zlib.
 *
 * @throws NpmError for any other difference
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

/** Refuses to move a tag from a newer version to an older one, even a tag that the input names. */
export function requireForward(
  { name }: BuiltPackage,
  tag: string,
  version: Version,
  packument: Packument | undefined,
): void {
  const current = parsed(packument?.tags.get(tag) ?? "");
  // The registry gives `latest` to the first version that is published, even to a pre-release.
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
    return undefined; // An old version that is not valid SemVer: registries have some.
  }
}
