import pins from "./pinned-tools.json" with { type: "json" };

/** A command-line tool that can be installed, as pinned-tools.json describes it. */
export interface PinnedTool {
  readonly name: string;
  /** The version that is installed unless another one is asked for. */
  readonly version: string;
  /** The arguments with which the program prints its version; undefined if it cannot. */
  readonly versionArgs?: readonly string[];
  /** For cargo-hakari: the version of the tool for each `dep-format-version`. */
  readonly formats?: Readonly<Record<string, string>>;
  readonly archive?: ReleaseArchive | undefined;
  /** Whether the crate's manifest tells cargo-binstall where to find the binaries. */
  readonly binstall?: boolean;
}

/** The release archives of a tool. */
export interface ReleaseArchive {
  /** The URL of a gzipped tar that contains the program, with `{version}` and `{target}`. */
  readonly url: string;
  /** The Rust target of each platform (`linux-x64`). */
  readonly targets: Readonly<Record<string, string>>;
  /**
   * The SHA-256 of each archive in hex, by `<version>/<target>`. An archive without one is not used. The digests of just are
   * those of taiki-e/install-action (2.86.5, manifests/just.json); `npm run tools -- --update` compares them with the release.
   */
  readonly sha256: Readonly<Record<string, string>>;
}

const entries: Readonly<Record<string, Omit<PinnedTool, "name">>> = pins;

/** The supported tools by name, which is also the name of their crate. */
export const PINNED_TOOLS: ReadonlyMap<string, PinnedTool> = new Map(
  Object.entries(entries).map(([name, entry]) => [name, { ...entry, name }]),
);
