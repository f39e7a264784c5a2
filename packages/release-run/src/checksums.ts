import {
  type Checksums,
  checksumsOf,
  type DistPlan,
  loadManifest,
  mergeChecksums,
  readChecksumFile,
} from "@release-actions/dist-plan";
import type { ReleaseAsset } from "@release-actions/github-rest";
import type { RunArtifacts } from "./artifacts.ts";

/** The artifact of cargo-dist's global build, with the formulae and the checksums of everything. */
const GLOBAL_BUILD = "artifacts-build-global";
const HOST_MANIFEST = "artifacts-dist-manifest";

/** cargo-dist's manifest of the host phase; `undefined` when this run has none. */
export async function hostManifest(artifacts: RunArtifacts): Promise<DistPlan | undefined> {
  const names = artifacts.isAvailable ? await artifacts.list(HOST_MANIFEST) : [];
  return names.includes(HOST_MANIFEST) ? await loadManifest("host", artifacts.read) : undefined;
}

/**
 * The checksums of the finished build, which a plan does not contain. They come from cargo-dist's manifest of the host
 * phase and from the list of its global build, which must agree.
 *
 * @returns an empty map when this run has neither
 */
export async function checksumsOfRun(artifacts: RunArtifacts): Promise<Checksums> {
  if (!artifacts.isAvailable) return new Map();
  const sources: [string, Checksums][] = [];
  const host = await hostManifest(artifacts);
  if (host !== undefined) sources.push([HOST_MANIFEST, checksumsOf(host)]);
  const list = await artifacts.read(GLOBAL_BUILD, "sha256.sum");
  if (list !== undefined) {
    const name = `sha256.sum of ${GLOBAL_BUILD}`;
    sources.push([name, readChecksumFile(new TextDecoder("utf-8", { fatal: true }).decode(list), name)]);
  }
  return mergeChecksums(sources);
}

/** The checksums that GitHub computed when the files of a release were uploaded. */
export function checksumsOfAssets(assets: readonly ReleaseAsset[]): Checksums {
  return new Map(
    assets.flatMap(({ name, digest }) => {
      const hex = /^sha256:([0-9a-f]{64})$/.exec(digest ?? "")?.[1];
      return hex === undefined ? [] : [[name, hex]];
    }),
  );
}
