import {
  ALGORITHMS,
  byCodeUnit,
  type Digests,
  hashFiles,
  type ListAlgorithm,
  LONG_ALGORITHMS,
  longDigests,
  type SumsEntry,
} from "@release-actions/digest";
import type { Build, BuildFile } from "./build.ts";
import type { RecordedBuild } from "./record.ts";

/** A checksum list that was matched with a recorded build. */
export interface ResolvedSums {
  readonly list: Build;
  /** The recorded build, with the digests of the list's algorithms added. */
  readonly recorded: RecordedBuild;
  /** The number of equal files by the algorithm of their digest. */
  readonly matched: ReadonlyMap<string, number>;
}

/**
 * Converts a checksum list to a build. A digest of 64 hex digits may be SHA-256 or BLAKE3: both are computed for the
 * recorded file, and the one that matches is used. In the same way 128 digits may be SHA-512 or BLAKE2b. If none matches,
 * the algorithm by which other files of the list match is used, or else the first possible one.
 */
export async function resolveSums(
  name: string,
  listedEntries: readonly SumsEntry[],
  recorded: RecordedBuild,
  signal?: AbortSignal,
): Promise<ResolvedSums> {
  const entries = underRecordedNames(listedEntries, recorded);
  const wanted = entries
    .filter(({ path }) => recorded.files.get(path)?.kind === "file")
    .sort((a, b) => byCodeUnit(a.path, b.path));
  const digests = await computeDigests(wanted, recorded, signal);
  const files = new Map(recorded.files);
  const usual = entries.map((entry) => equalAlgorithm(entry, digests.get(entry.path))).find((one) => one !== undefined);
  const matched = new Map<string, number>();
  const listed = new Map<string, BuildFile>();
  for (const entry of entries) {
    const { path, hex, algorithms } = entry;
    const known = digests.get(path) ?? {};
    const equal = equalAlgorithm(entry, known);
    const possible = algorithms.filter((one) => known[one] !== undefined);
    const algorithm = equal ?? possible.find((one) => one === usual) ?? possible[0] ?? algorithms[0];
    if (algorithm === undefined) continue;
    if (equal !== undefined) matched.set(equal, (matched.get(equal) ?? 0) + 1);
    listed.set(path, { kind: "file", digests: { [algorithm]: hex } });
    const file = files.get(path);
    if (file?.kind === "file") files.set(path, { ...file, digests: { ...file.digests, ...known } });
  }
  const list: Build = { name, files: listed, context: new Map(), isPartial: true, open: async () => undefined };
  return { list, recorded: { ...recorded, files }, matched };
}

/** The algorithm with which the recorded file has the digest of the list. */
function equalAlgorithm({ hex, algorithms }: SumsEntry, known: Digests = {}): ListAlgorithm | undefined {
  return algorithms.find((algorithm) => known[algorithm] === hex);
}

/**
 * Gives entries the recorded path of their file. Lists name files relative to the folder where they were made (`dist/app`),
 * and attestations by the file name alone. If exactly one remaining entry and one remaining file have the same file name,
 * they are paired. The digest then shows whether they are equal.
 */
function underRecordedNames(listedEntries: readonly SumsEntry[], { files }: RecordedBuild): readonly SumsEntry[] {
  // A list that was aligned as a table, or edited, may have spaces at the end of a line.
  const entries = listedEntries.map((entry) => {
    const path = entry.path.trimEnd();
    return !files.has(entry.path) && files.has(path) ? { ...entry, path } : entry;
  });
  const listed = new Set(entries.map(({ path }) => path));
  const alone = (paths: readonly string[]): Map<string, string> => {
    const named = Map.groupBy(paths, (path) => lastName(path));
    return new Map([...named].flatMap(([name, [path = "", ...others]]) => (others.length > 0 ? [] : [[name, path]])));
  };
  const filesLeft = alone([...files.keys()].filter((path) => !listed.has(path)));
  const entriesLeft = alone(entries.map(({ path }) => path).filter((path) => !files.has(path)));
  return entries.map((entry) => {
    const name = lastName(entry.path);
    const recorded = entriesLeft.get(name) === entry.path ? filesLeft.get(name) : undefined;
    return recorded === undefined ? entry : { ...entry, path: recorded };
  });
}

function lastName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

async function computeDigests(
  wanted: readonly SumsEntry[],
  recorded: RecordedBuild,
  signal: AbortSignal | undefined,
): Promise<Map<string, Digests>> {
  const files = wanted.flatMap(({ path, algorithms }) => {
    const full = recorded.pathOf(path);
    const file = recorded.files.get(path);
    return full === undefined || file?.kind !== "file"
      ? []
      : [{ name: path, path: full, size: file.size ?? 0, algorithms }];
  });
  const hashedTogether = files.filter(({ algorithms }) => ALGORITHMS.some((one) => algorithms.includes(one)));
  const computed = await hashFiles(hashedTogether, { algorithms: ALGORITHMS, signal });
  const digests = new Map<string, Digests>(hashedTogether.map(({ name }, index) => [name, computed[index] ?? {}]));
  for (const { name, path, algorithms } of files) {
    const long = LONG_ALGORITHMS.filter((one) => algorithms.includes(one));
    if (long.length > 0) digests.set(name, { ...digests.get(name), ...(await longDigests(path, long, signal)) });
  }
  return digests;
}
