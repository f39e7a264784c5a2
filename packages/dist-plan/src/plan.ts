import type { Version } from "@release-actions/channel";
import { Fault } from "@release-actions/report";

/** A file of a release. */
export interface Artifact {
  /** Its file name, which is also its id in the manifest and its name among the release's assets. */
  readonly name: string;
  /** What it is: `executable-zip`, `installer`, `checksum`, ... (cargo-dist-schema, `ArtifactKind`). */
  readonly kind: string;
  /** Rust target triples; empty for a file for all platforms. */
  readonly targets: readonly string[];
  /** Lowercase hex; `undefined` in a plan, before the file is built. */
  readonly sha256: string | undefined;
  /** How to use an installer, as cargo-dist shows it: usually a command. */
  readonly installHint: string | undefined;
  /** What an installer does, in a few words. */
  readonly description: string | undefined;
  /** The paths of the executables in an archive. */
  readonly programs: readonly string[];
}

/** One app of the workspace at one version. */
export interface Release {
  readonly app: string;
  readonly version: Version;
  /** The name for people, which may contain spaces. */
  readonly displayName: string;
  readonly artifacts: readonly Artifact[];
  /** The GitHub release for downloads; `undefined` when not hosted on GitHub. */
  readonly hosting: Hosting | undefined;
  /** The base URLs of all hostings, without a file name and a trailing slash. */
  readonly downloadBases: readonly string[];
}

/** A GitHub release with the files. Its repository may differ from the one that is built. */
export interface Hosting {
  /** `https://github.com`, or the address of a GitHub Enterprise server. */
  readonly server: string;
  /** `owner/name`. */
  readonly repository: string;
  /** The URL of a file without its name and without a trailing slash. */
  readonly downloadBase: string;
}

/** The contents of cargo-dist's manifest, from any phase: plan, build or host. */
export interface DistPlan {
  readonly distVersion: string | undefined;
  /** The announced git tag; `undefined` when there is none, as for a pull request with apps of several versions. */
  readonly tag: string | undefined;
  /** True when cargo-dist invented the tag because none was given, as on a pull request. */
  readonly tagIsImplicit: boolean;
  readonly isPrerelease: boolean;
  /** The section about this version that cargo-dist found in the repository's changelog. */
  readonly changelog: string | undefined;
  /** The notes that cargo-dist gives the release on GitHub. */
  readonly githubBody: string | undefined;
  /** Whether the workflow creates GitHub's artifact attestations for its files. */
  readonly hasAttestations: boolean;
  /** Whether a pre-release is announced as a full release on purpose (`force-latest = true`). */
  readonly forceLatest: boolean;
  readonly releases: readonly Release[];
}

/** A manifest that contradicts itself or does not belong to the current release. */
export class PlanError extends Fault {
  override readonly name = "PlanError";
}
