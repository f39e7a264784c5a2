import type { FileSource } from "@release-actions/archive";
import type { TimeWindow } from "@release-actions/difference";
import type { Digests, Manifest } from "@release-actions/digest";

/** A file of a build, as far as its source tells: a checksum list knows neither size nor mode. */
export type BuildFile =
  | { readonly kind: "file"; readonly size?: number; readonly mode?: number; readonly digests: Digests }
  | { readonly kind: "symlink"; readonly target: string };

/** One of the builds that are compared. */
export interface Build {
  readonly name: string;
  readonly files: ReadonlyMap<string, BuildFile>;
  readonly context: ReadonlyMap<string, string>;
  /** True for a list that may name more than was built, such as the checksums of a whole release. */
  readonly isPartial: boolean;
  /** Opens a file for explaining; undefined where only its digests are known. */
  open(path: string): Promise<FileSource | undefined>;
  /** When a file was built, as far as that is known. */
  builtAt?(path: string): TimeWindow | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** The time in which something was built that was finished, or uploaded, at a moment. */
export function windowBefore(moment: number): TimeWindow {
  return { from: moment - DAY_MS, to: moment + CLOCK_SKEW_MS };
}

/** A build known by its manifest; `open` as for `Build`. */
export function buildOf(name: string, manifest: Manifest, open: Build["open"]): Build {
  const files = new Map<string, BuildFile>(manifest.files.map((file) => [file.path, file]));
  return { name, files, context: manifest.context, isPartial: false, open };
}
