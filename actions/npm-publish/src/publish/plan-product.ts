import {
  compareVersions,
  type Decision,
  decideChannel,
  parseVersion,
  type Rules,
  tryParseVersion,
  type Version,
} from "@release-actions/channel";
import { NpmError, type NpmRegistry, type Packument } from "@release-actions/npm";
import type { BuiltProduct } from "../build/build.ts";
import { type BuiltPackage, requireSameFiles } from "../build/pack.ts";
import type { FindStage, KnownStage } from "./known-stages.ts";

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
  findStage: FindStage,
): Promise<Plan> {
  const { packages, version } = product;
  const found = await Promise.all(packages.map(({ name }) => registry.packument(name)));
  // Decide once for all packages: even a partly published newer version must keep an older one from taking its tag.
  const existing = found.flatMap((packument) => versionsOf(packument));
  const { channel, npmDistTag, moves } = decideChannel(version, existing, rules);
  const tag = npmDistTag === undefined ? undefined : (explicitTag ?? npmDistTag);
  const planned: PlannedPackage[] = [];
  for (const [index, each] of packages.entries()) {
    const packument = found[index];
    const isThere = await isSame(each, packument, registry);
    if (tag !== undefined && !isThere) requireForward(each, tag, packument);
    const stage = tag === undefined || isThere ? undefined : await findStage(each);
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
  const advice = "A published version cannot change: raise the version.";
  await requireSameFiles(built, await registry.tarball(there), "published", advice);
  return true;
}

/** Refuses to move a tag from a newer version to an older one, even a tag that the input names. */
export function requireForward(built: BuiltPackage, tag: string, packument: Packument | undefined): void {
  const { name } = built;
  const version = parseVersion(built.version);
  const current = tryParseVersion(packument?.tags.get(tag) ?? "");
  // The registry gives `latest` to the first version that is published, even to a pre-release.
  if (current === undefined || (current.prerelease !== "" && version.prerelease === "")) return;
  if (compareVersions(current, version) <= 0) return;
  throw new NpmError(`the dist-tag ${tag} of ${name} is at ${current.text}, which is newer than ${version.text}`, {
    advice: "Leave `dist-tag` empty, so that an older line gets its own tag.",
  });
}

export function versionsOf(packument: Packument | undefined): readonly Version[] {
  // Registries have some old versions that are not valid SemVer.
  return [...(packument?.versions.keys() ?? [])].map(tryParseVersion).filter((version) => version !== undefined);
}
