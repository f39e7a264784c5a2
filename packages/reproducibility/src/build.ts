import { statSync } from "node:fs";
import type { RandomAccessSource } from "@release-actions/archive";
import type { TimeWindow } from "@release-actions/difference";
import type { Digests, Manifest } from "@release-actions/digest";

/** A file of a build. Size and mode are undefined if the source does not record them, like a checksum list. */
export type BuildFile =
  | { readonly kind: "file"; readonly size?: number; readonly mode?: number; readonly digests: Digests }
  | { readonly kind: "symlink"; readonly target: string };

/** One of the builds to compare. */
export interface Build {
  readonly name: string;
  readonly files: ReadonlyMap<string, BuildFile>;
  readonly context: ReadonlyMap<string, string>;
  /** True for a list that may name files which the other builds did not make, such as the checksums of a whole release. */
  readonly isPartial: boolean;
  /** Opens a file, so that a difference can be explained; undefined when only its digests are known. */
  open(path: string): Promise<(RandomAccessSource & AsyncDisposable) | undefined>;
  /** The time window in which a file was built; undefined when it is unknown. */
  builtAt?(path: string): TimeWindow | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** The time window in which a file was probably built that was finished or uploaded at `moment` (milliseconds since 1970). */
export function windowBefore(moment: number): TimeWindow {
  return { from: moment - DAY_MS, to: moment + CLOCK_SKEW_MS };
}

/** The time window in which a file on this machine was probably built; undefined if the file does not exist. */
export function windowOfFile(file: string): TimeWindow | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats && windowBefore(stats.mtimeMs);
}

/** Creates a build from its manifest. `open` is described at `Build`. */
export function buildOf(name: string, manifest: Manifest, open: Build["open"]): Build {
  const files = new Map<string, BuildFile>(manifest.files.map((file) => [file.path, file]));
  return { name, files, context: manifest.context, isPartial: false, open };
}
