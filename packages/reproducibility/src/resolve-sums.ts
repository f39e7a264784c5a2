import { ALGORITHMS, byCodeUnit, type Digests, hashFiles, type SumsEntry, sha512File } from "@release-actions/digest";
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
 * that matches is the list's. Where none matches, the first that is possible is shown.
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
  const matched = new Map<string, number>();
  const listed = new Map<string, BuildFile>();
  for (const { path, hex, algorithms } of entries) {
    const known = digests.get(path) ?? {};
    const equal = algorithms.find((algorithm) => known[algorithm] === hex);
    const algorithm = equal ?? algorithms.find((one) => known[one] !== undefined) ?? algorithms[0];
    if (algorithm === undefined) continue;
    if (equal !== undefined) matched.set(equal, (matched.get(equal) ?? 0) + 1);
    listed.set(path, { kind: "file", digests: { [algorithm]: hex } });
    const file = files.get(path);
    if (file?.kind === "file") files.set(path, { ...file, digests: { ...file.digests, ...known } });
  }
  const list: Build = { name, files: listed, context: new Map(), isPartial: true, open: async () => undefined };
  return { list, recorded: { ...recorded, files }, matched };
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
  const hashedTogether = files.filter(({ algorithms }) => algorithms.some((one) => one !== "sha512"));
  const computed = await hashFiles(hashedTogether, {
    algorithms: ALGORITHMS,
    ...(signal === undefined ? {} : { signal }),
  });
  const digests = new Map<string, Digests>(hashedTogether.map(({ name }, index) => [name, computed[index] ?? {}]));
  for (const { name, path, algorithms } of files) {
    if (!algorithms.includes("sha512")) continue;
    digests.set(name, { ...digests.get(name), sha512: await sha512File(path, signal) });
  }
  return digests;
}
