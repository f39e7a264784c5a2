import { compareVersions, parseTag, parseVersion } from "@release-actions/channel";
import { decodeJson } from "@release-actions/json";
import {
  type Manifest,
  type ManifestArtifact,
  type ManifestRelease,
  manifestDecoder,
  versionDecoder,
} from "./manifest.ts";
import { type Artifact, type DistPlan, type Hosting, PlanError, type Release } from "./plan.ts";

/** The size limit for an output of a job, which is several times the size of a large workspace's manifest. */
export const MAX_MANIFEST_BYTES = 1024 * 1024;

/**
 * Reads a manifest that cargo-dist wrote, of any phase.
 *
 * @param source names it in errors: "the plan in dist-manifest.json".
 * @throws JsonError when it is not a manifest, PlanError when it contradicts itself.
 */
export function readPlan(content: string | Uint8Array, source = "the plan"): DistPlan {
  refuseOldVersion(decodeJson(content, versionDecoder, { source, maxBytes: MAX_MANIFEST_BYTES }).dist_version, source);
  const manifest = decodeJson(content, manifestDecoder, { source, maxBytes: MAX_MANIFEST_BYTES });
  if (manifest.releases.length === 0) {
    throw new PlanError(`${source} has no \`releases\`, expected at least one app to release`);
  }
  refuseDuplicates(
    manifest.releases.map((release) => release.app_name),
    (app) => `${source} releases the app ${app} twice`,
  );
  const artifacts = new Map(
    [...manifest.artifacts].map(([id, found]) => [id, readArtifact(id, found, manifest, source)]),
  );
  const plan: DistPlan = {
    distVersion: manifest.dist_version,
    tag: manifest.announcement_tag,
    tagIsImplicit: manifest.announcement_tag_is_implicit,
    isPrerelease: manifest.announcement_is_prerelease,
    changelog: manifest.announcement_changelog,
    githubBody: manifest.announcement_github_body,
    hasAttestations: manifest.github_attestations,
    forceLatest: manifest.force_latest,
    releases: manifest.releases.map((release) => readRelease(release, artifacts, source)),
  };
  refuseContradictions(plan, source);
  return plan;
}

function readRelease(release: ManifestRelease, artifacts: ReadonlyMap<string, Artifact>, source: string): Release {
  const app = release.app_name;
  // cargo's rules for package names (cargo reference, "The `name` field") make them safe in a path, a URL and a shell.
  if (!/^[A-Za-z0-9_][\w-]*$/.test(app))
    throw new PlanError(`${source}: ${JSON.stringify(app)} is not a valid name of a package`);
  refuseDuplicates(release.artifacts, (id) => `${source}: ${app} lists the artifact ${id} twice`);
  const own = release.artifacts.map((id) => {
    const found = artifacts.get(id);
    if (found === undefined) {
      throw new PlanError(
        `${source}: ${app} lists the artifact ${JSON.stringify(id)}, which is not among \`artifacts\``,
      );
    }
    return found;
  });
  refuseDuplicates(
    own.filter((artifact) => artifact.kind === "executable-zip").flatMap((artifact) => artifact.targets),
    (target) => `${source}: ${app} has two archives for ${target}`,
  );
  const hosting = readHosting(release);
  return {
    app,
    version: parseVersion(release.app_version, `${source}: the version of ${app}`),
    displayName: release.display_name ?? app,
    artifacts: own,
    hosting,
    downloadBases: [hosting?.downloadBase, release.hosting?.simple?.download_url?.replace(/\/+$/, "")].filter(
      (base) => base !== undefined,
    ),
  };
}

function readHosting(release: ManifestRelease): Hosting | undefined {
  const github = release.hosting?.github;
  if (github === undefined) return undefined;
  const server = github.artifact_base_url.replace(/\/+$/, "");
  const downloadBase = `${server}${github.artifact_download_path}`.replace(/\/+$/, "");
  return { server, repository: `${github.owner}/${github.repo}`, downloadBase };
}

function readArtifact(id: string, found: ManifestArtifact, manifest: Manifest, source: string): Artifact {
  const name = found.name ?? id;
  // Only characters that GitHub keeps in the name of an asset and that have no special meaning in a path or a log.
  if (!/^\w[\w.+@~-]*$/.test(name) || name !== id) {
    throw new PlanError(`${source}: ${JSON.stringify(name)} is not a file name that a release asset can have`);
  }
  refuseDuplicates(found.target_triples, (target) => `${source}: ${name} names the target ${target} twice`);
  if (found.kind === "executable-zip" && found.target_triples.length === 0) {
    throw new PlanError(`${source}: the archive ${name} names no target`);
  }
  if (found.checksum !== undefined && !manifest.artifacts.has(found.checksum)) {
    throw new PlanError(`${source}: ${name} has its checksum in ${found.checksum}, which is not among \`artifacts\``);
  }
  const sha256 = found.checksums.get("sha256");
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new PlanError(
      `${source}: the sha256 of ${name} is ${JSON.stringify(sha256)}, expected 64 lowercase hex characters`,
    );
  }
  const executables = found.assets.filter((asset) => asset.kind === "executable");
  return {
    name,
    kind: found.kind,
    targets: found.target_triples,
    sha256,
    programs: executables.map(({ path, name: file = "" }) => path ?? file),
    installHint: found.install_hint,
    description: found.description,
  };
}

/** The first version that writes `hosting.github`, which says where the files are (cargo-dist-schema 0.25, `GithubHosting`). */
const OLDEST_DIST = "0.25.0";

/** Refuses an old manifest by its version, since an error about a missing field would not say what to do. */
function refuseOldVersion(version: string | undefined, source: string): void {
  const parsed = version === undefined ? undefined : parseTag(version)?.version;
  if (parsed === undefined || compareVersions(parsed, parseVersion(`${OLDEST_DIST}-0`)) >= 0) return;
  throw new PlanError(`${source} was written by cargo-dist ${version}, expected ${OLDEST_DIST} or newer`, {
    advice: "Raise `cargo-dist-version`, and run `dist init` to bring the workflow up to date.",
  });
}

function refuseContradictions(plan: DistPlan, source: string): void {
  // If there is no tag and there are several versions, cargo-dist invents the tag v1.0.0-FAKEVER.
  if (plan.tag === undefined || plan.tagIsImplicit) return;
  const tagged = parseTag(plan.tag);
  if (tagged === undefined) {
    throw new PlanError(`${source} announces the tag ${JSON.stringify(plan.tag)}, which contains no version`);
  }
  for (const { app, version } of plan.releases) {
    if (tagged.version.text !== version.text) {
      throw new PlanError(`${source} announces the tag ${plan.tag}, but releases ${app} ${version.text}`);
    }
  }
  // cargo-dist announces a pre-release as a full release only with `force-latest`.
  const isPrerelease = tagged.version.prerelease !== "" && !plan.forceLatest;
  if (isPrerelease !== plan.isPrerelease) {
    const claim = plan.isPrerelease ? "a pre-release" : "a full release";
    throw new PlanError(`${source} announces ${claim}, but the tag ${plan.tag}`);
  }
}

function refuseDuplicates(items: readonly string[], message: (item: string) => string): void {
  const twice = items.find((item, index) => items.indexOf(item) !== index);
  if (twice !== undefined) throw new PlanError(message(twice));
}
