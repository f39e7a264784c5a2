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

export interface ResolvedSums {
  readonly list: Build;
  /** The recorded build with the digests that the list asked for. */
  readonly recorded: RecordedBuild;
  /** By which algorithm files were found equal, with their number. */
  readonly matched: ReadonlyMap<string, number>;
}

/**
 * A checksum list as a build. 64 hex digits are SHA-256 or BLAKE3: both are computed of what was recorded, and the one
 * that matches is the list's; 128 are SHA-512 or BLAKE2b in the same way. Where none matches, the one by which other files
 * of the list match is shown, else the first that is possible.
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
  const usual = usualAlgorithm(entries, digests);
  const matched = new Map<string, number>();
  const listed = new Map<string, BuildFile>();
  for (const { path, hex, algorithms } of entries) {
    const known = digests.get(path) ?? {};
    const equal = algorithms.find((algorithm) => known[algorithm] === hex);
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

/** By which algorithm a file of the list was found equal first. */
function usualAlgorithm(
  entries: readonly SumsEntry[],
  digests: ReadonlyMap<string, Digests>,
): ListAlgorithm | undefined {
  for (const { path, hex, algorithms } of entries) {
    const equal = algorithms.find((algorithm) => digests.get(path)?.[algorithm] === hex);
    if (equal !== undefined) return equal;
  }
  return undefined;
}

/**
 * Lists name files from where they were made (`dist/app`), and attestations by their last names: where exactly one entry
 * and one file that are left have a last name, they are meant. The digest then says whether they are equal.
 */
function underRecordedNames(listedEntries: readonly SumsEntry[], { files }: RecordedBuild): readonly SumsEntry[] {
  // A table that was aligned, or edited, has spaces at the end of a line.
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
  const computed = await hashFiles(hashedTogether, {
    algorithms: ALGORITHMS,
    ...(signal === undefined ? {} : { signal }),
  });
  const digests = new Map<string, Digests>(hashedTogether.map(({ name }, index) => [name, computed[index] ?? {}]));
  for (const { name, path, algorithms } of files) {
    const long = LONG_ALGORITHMS.filter((one) => algorithms.includes(one));
    if (long.length > 0) digests.set(name, { ...digests.get(name), ...(await longDigests(path, long, signal)) });
  }
  return digests;
}
