const TARGETS = [
  "aarch64-apple-darwin",
  "x86_64-apple-darwin",
  "aarch64-unknown-linux-musl",
  "x86_64-unknown-linux-gnu",
];

interface ManifestOptions {
  readonly version?: string;
  readonly tag?: string;
  readonly apps?: readonly string[];
  readonly repository?: string;
  /** The SHA-256 that the manifest of a finished build gives for each file. */
  readonly sha256?: (file: string) => string | undefined;
}

/** For tests: a manifest as cargo-dist 0.34 writes it, reduced to the fields that this package reads. */
export function makeManifest(options: ManifestOptions = {}): Record<string, unknown> {
  const { version = "1.2.3", tag = `v${version}`, apps = ["widget"], repository = "acme/widget" } = options;
  const artifacts: Record<string, unknown> = { "sha256.sum": { name: "sha256.sum", kind: "unified-checksum" } };
  const filesOf = (app: string): string[] => [
    "sha256.sum",
    `${app}.rb`,
    ...TARGETS.flatMap((target) => [`${app}-${target}.tar.xz`, `${app}-${target}.tar.xz.sha256`]),
  ];
  for (const app of apps) {
    artifacts[`${app}.rb`] = { name: `${app}.rb`, kind: "installer", target_triples: TARGETS };
    for (const target of TARGETS) {
      const name = `${app}-${target}.tar.xz`;
      const sha256 = options.sha256?.(name);
      artifacts[name] = {
        name,
        kind: "executable-zip",
        target_triples: [target],
        assets: [{ id: `${name}-exe`, name: app, path: app, kind: "executable" }],
        checksum: `${name}.sha256`,
        ...(sha256 === undefined ? {} : { checksums: { sha256 } }),
      };
      artifacts[`${name}.sha256`] = { name: `${name}.sha256`, kind: "checksum", target_triples: [target] };
    }
  }
  return {
    dist_version: "0.34.0",
    announcement_tag: tag,
    announcement_tag_is_implicit: false,
    announcement_is_prerelease: version.includes("-"),
    announcement_title: version,
    releases: apps.map((app) => ({
      app_name: app,
      app_version: version,
      display_name: app,
      display: true,
      artifacts: filesOf(app),
      hosting: {
        github: {
          artifact_base_url: "https://github.com",
          artifact_download_path: `/${repository}/releases/download/${tag}`,
          owner: repository.split("/")[0],
          repo: repository.split("/")[1],
        },
      },
    })),
    artifacts,
    linkage: [],
    upload_files: [],
  };
}
