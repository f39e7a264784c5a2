import { boolean, listOf, mapOf, object, optional, string, text } from "@release-actions/json";

/**
 * The fields of cargo-dist's manifest that this package reads, with their original names (cargo-dist-schema 0.34,
 * `DistManifest`). cargo-dist leaves out empty fields.
 */
const artifact = object({
  name: optional(text),
  kind: string,
  target_triples: optional(listOf(text), []),
  assets: optional(
    listOf(object({ name: optional(string), path: optional(string), kind: optional(string, "unknown") })),
    [],
  ),
  checksum: optional(text),
  install_hint: optional(string),
  description: optional(string),
  checksums: optional(mapOf(text), new Map()),
});

const release = object({
  app_name: text,
  app_version: text,
  display_name: optional(text),
  artifacts: optional(listOf(text), []),
  hosting: optional(
    object({
      github: optional(object({ artifact_base_url: text, artifact_download_path: text, owner: text, repo: text })),
      simple: optional(object({ download_url: optional(text) })),
    }),
  ),
});

export const manifestDecoder = object({
  dist_version: optional(text),
  announcement_tag: optional(text),
  announcement_tag_is_implicit: optional(boolean, false),
  announcement_is_prerelease: optional(boolean, false),
  announcement_changelog: optional(string),
  announcement_github_body: optional(string),
  force_latest: optional(boolean, false),
  github_attestations: optional(boolean, false),
  releases: optional(listOf(release), []),
  artifacts: optional(mapOf(artifact), new Map()),
});

/** The fields that manifests of all versions have. */
export const versionDecoder = object({ dist_version: optional(text) });

export type Manifest = ReturnType<typeof manifestDecoder>;
export type ManifestRelease = Manifest["releases"][number];
export type ManifestArtifact = ReturnType<typeof artifact>;
