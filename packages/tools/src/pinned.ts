import pins from "./pinned-tools.json" with { type: "json" };

/** A command-line tool that can be installed, as pinned-tools.json describes it. */
export interface PinnedTool {
  readonly name: string;
  /** The version that is installed unless another one is asked for. */
  readonly version: string;
  /** What makes the program print its version, where it can. */
  readonly versionArgs: readonly string[] | undefined;
  /** For cargo-hakari: the version for each `dep-format-version`. */
  readonly formats: Readonly<Record<string, string>>;
  readonly archive: ReleaseArchive | undefined;
  /** Whether its crate tells cargo-binstall where the release's binaries are. */
  readonly binstall: boolean;
}

export interface ReleaseArchive {
  /** With `{version}` and `{target}`; a gzipped tar that holds the program. */
  readonly url: string;
  /** The target of a platform, `linux-x64` and the like. */
  readonly targets: Readonly<Record<string, string>>;
  /**
   * By `<version>/<target>`: the archive's SHA-256 in hex. Without one an archive is not used. Those of just are the ones in
   * taiki-e/install-action's checked manifest (2.86.5, manifests/just.json); `npm run tools -- --update` compares them with the release.
   */
  readonly sha256: Readonly<Record<string, string>>;
}

interface Entry {
  readonly version: string;
  readonly versionArgs?: readonly string[];
  readonly formats?: Readonly<Record<string, string>>;
  readonly archive?: ReleaseArchive;
  readonly binstall?: boolean;
}

const entries: Readonly<Record<string, Entry>> = pins;

/** The tools this package knows, by their name, which is also their crate's. */
export const PINNED_TOOLS: ReadonlyMap<string, PinnedTool> = new Map(
  Object.entries(entries).map(([name, entry]) => [
    name,
    { versionArgs: undefined, formats: {}, archive: undefined, binstall: false, ...entry, name },
  ]),
);
