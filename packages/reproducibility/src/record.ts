import { openFileSource } from "@release-actions/archive";
import { type Algorithm, byCodeUnit, hashFiles, type Manifest, type ManifestEntry } from "@release-actions/digest";
import { Fault, type Reporter } from "@release-actions/report";
import { type Build, windowOfFile } from "./build.ts";
import { type FoundFile, matchPattern, parsePatterns } from "./path-patterns.ts";
import { visible } from "./visible.ts";

/** The name, context and digest algorithms of a record. */
export interface RecordOptions {
  readonly name: string;
  readonly algorithms: readonly Algorithm[];
  readonly context: ReadonlyMap<string, string>;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
  /** Returns false for files to leave out. */
  readonly only?: (recorded: string) => boolean;
}

/** A build whose files are on this machine. */
export interface RecordedBuild extends Build {
  readonly manifest: Manifest;
  /** The absolute path of a recorded file. */
  pathOf(file: string): string | undefined;
}

/**
 * Hashes the files that the patterns select. Each is recorded under its path below the literal folders of the pattern, so
 * that `a/out/*` and `b/out/*` record the same paths. `label=glob` adds the label in front or, if the glob matches one
 * file, uses the label as the path. `!glob` excludes files. What can neither be hashed nor compared is left out, with a
 * warning that names it.
 *
 * @throws Fault when a pattern matches nothing, or two files would be recorded under one path
 */
export async function recordBuild(
  patterns: readonly string[],
  cwd: string,
  options: RecordOptions,
): Promise<RecordedBuild> {
  const { wanted, isExcluded } = parsePatterns(patterns, cwd);
  const leftOut = new Map<string, string>();
  const found = new Map<string, FoundFile>();
  for (const pattern of wanted) {
    for (const [name, file] of matchPattern(pattern, cwd, (full, why) => leftOut.set(full, why))) {
      if (options.only?.(name) === false || isExcluded(file.full)) continue;
      const known = found.get(name);
      if (known !== undefined && known.full !== file.full) {
        throw new Fault(`${known.full} and ${file.full} would both be recorded as ${name}`, {
          advice: "Tell them apart with labels: `first=glob`, `second=glob`.",
        });
      }
      found.set(name, file);
    }
  }
  if (found.size === 0 && wanted.length < patterns.length)
    throw new Fault("the lines of `paths` with `!` exclude every file that the other lines select", {
      advice: "Select the files to hash on lines without `!`, and exclude fewer of them.",
    });
  for (const [full, why] of leftOut) {
    if (!isExcluded(full))
      options.reporter.problem({ level: "warning", message: `${visible(full)} ${why}: it is left out` });
  }
  const files = await hashFound(found, options);
  const byName = new Map(files.map((file) => [file.path, file]));
  const manifest: Manifest = { context: options.context, files };
  const pathOf = (name: string): string | undefined => byName.get(name)?.full;
  const builtAt: Build["builtAt"] = (name) => {
    const full = pathOf(name);
    return full === undefined ? undefined : windowOfFile(full);
  };
  const open: Build["open"] = async (name) => {
    const full = pathOf(name);
    return full === undefined ? undefined : await openFileSource(full);
  };
  const build: Build = { name: options.name, files: byName, context: options.context, isPartial: false, open, builtAt };
  return { ...build, manifest, pathOf };
}

/** Hashes the files, in the order of their names. */
async function hashFound(
  found: ReadonlyMap<string, FoundFile>,
  options: RecordOptions,
): Promise<(ManifestEntry & { readonly full: string })[]> {
  const sorted = [...found].sort(([a], [b]) => byCodeUnit(a, b));
  const regular = sorted.flatMap(([, { full, entry }]) =>
    entry.kind === "file" ? [{ path: full, size: entry.size }] : [],
  );
  const digests = (await hashFiles(regular, options)).values();
  return sorted.map(([name, { full, entry }]) =>
    entry.kind === "symlink"
      ? { ...entry, path: name, full }
      : { ...entry, path: name, digests: digests.next().value ?? {}, full },
  );
}
