import type { Version } from "@release-actions/channel";
import { Fault } from "@release-actions/report";

/** What cargo-dist makes, by its own words (cargo-dist-schema, `ArtifactKind`). Kinds of newer versions are `unknown`. */
export const ARTIFACT_KINDS = [
  "executable-zip",
  "symbols",
  "installer",
  "checksum",
  "unified-checksum",
  "source-tarball",
  "extra-artifact",
  "updater",
  "sbom",
  "omnibor-artifact-id",
] as const;

export type ArtifactKind = (typeof ARTIFACT_KINDS)[number] | "unknown";

/** A file of a release. */
export interface Artifact {
  /** Its file name, which is also its id in the manifest and its name among the release's assets. */
  readonly name: string;
  readonly kind: ArtifactKind;
  /** Rust target triples; empty for what fits every platform. */
  readonly targets: readonly string[];
  /** Lowercase hex. Known once it is built: a plan has none. */
  readonly sha256: string | undefined;
  /** The name of the artifact that holds its checksum. */
  readonly checksumFile: string | undefined;
  /** What cargo-dist tells people to do with an installer: usually a command. */
  readonly installHint: string | undefined;
  /** What an installer does, in a few words. */
  readonly description: string | undefined;
  /** What an archive holds, by path inside it. */
  readonly contents: readonly { readonly name: string; readonly path: string; readonly kind: string }[];
}

/** One app of the workspace at one version. */
export interface Release {
  readonly app: string;
  readonly version: Version;
  /** For people; may hold spaces. */
  readonly displayName: string;
  readonly artifacts: readonly Artifact[];
  /** Where the files are downloaded from; `undefined` when not hosted on GitHub. */
  readonly hosting: Hosting | undefined;
  /** The addresses of all its hostings, without the file's name and a final slash. */
  readonly downloadBases: readonly string[];
}

/** A GitHub release that holds the files. Its repository may be another than the one that is built. */
export interface Hosting {
  /** `https://github.com`, or the address of a GitHub Enterprise server. */
  readonly server: string;
  /** `owner/name`. */
  readonly repository: string;
  /** The address of a file without its name, and without a final slash. */
  readonly downloadBase: string;
}

/** What cargo-dist's manifest says, of whichever phase: plan, build or host. */
export interface DistPlan {
  readonly distVersion: string | undefined;
  /** The git tag announced; `undefined` when no tag fits, as for a pull request over several versions. */
  readonly tag: string | undefined;
  /** True when cargo-dist made the tag up because none was given, as on a pull request. */
  readonly tagIsImplicit: boolean;
  readonly isPrerelease: boolean;
  readonly title: string | undefined;
  /** What cargo-dist found for this version in a changelog of the repository. */
  readonly changelog: string | undefined;
  /** The notes that cargo-dist gives the release on GitHub. */
  readonly githubBody: string | undefined;
  /** The workflow attests its files with GitHub's artifact attestations. */
  readonly hasAttestations: boolean;
  /** `force-latest = true`: a pre-release is announced as a full release on purpose. */
  readonly forceLatest: boolean;
  readonly releases: readonly Release[];
}

/** A manifest that contradicts itself, or does not fit the release that is under way. */
export class PlanError extends Fault {
  override readonly name = "PlanError";
}
