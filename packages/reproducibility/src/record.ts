import { statSync } from "node:fs";
import path from "node:path";
import { openFileSource } from "@release-actions/archive";
import {
  type Algorithm,
  byCodeUnit,
  hashFiles,
  listTree,
  type Manifest,
  type ManifestEntry,
  readEntry,
  type TreeEntry,
} from "@release-actions/digest";
import { Fault, type Reporter } from "@release-actions/report";
import { type Build, windowBefore } from "./build.ts";
import { compileGlob } from "./glob.ts";

/** Files that cannot be recorded as they were asked for. */
export class RecordError extends Fault {
  override readonly name = "RecordError";
}

export interface RecordOptions {
  readonly name: string;
  readonly algorithms: readonly Algorithm[];
  readonly context: ReadonlyMap<string, string>;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
  /** Leaves out what it is false for. */
  readonly only?: (recorded: string) => boolean;
}

/** A build whose files are at hand. */
export interface RecordedBuild extends Build {
  readonly manifest: Manifest;
  /** The absolute path of a recorded file. */
  pathOf(file: string): string | undefined;
}

/**
 * Hashes what the patterns name. A file is recorded under its path below the folders that the pattern
 * names literally, so that `a/out/*` and `b/out/*` record the same paths; `label=glob` puts the label before
 * it, or in its place where the glob is one file. A pattern that matches nothing is an error.
 */
export async function recordBuild(
  patterns: readonly string[],
  cwd: string,
  options: RecordOptions,
): Promise<RecordedBuild> {
  const found = new Map<string, Found>();
  for (const pattern of patterns) {
    for (const [name, file] of matchPattern(pattern, cwd)) {
      if (options.only?.(name) === false) continue;
      const known = found.get(name);
      if (known !== undefined && known.full !== file.full) {
        throw new RecordError(`${known.full} and ${file.full} would both be recorded as ${name}`, {
          advice: "Tell them apart with labels: `first=glob`, `second=glob`.",
        });
      }
      found.set(name, file);
    }
  }
  const files = await hashFound(found, options);
  const byName = new Map(files.map((file) => [file.path, file]));
  const manifest: Manifest = { context: options.context, files };
  const pathOf = (name: string): string | undefined => byName.get(name)?.full;
  const builtAt: Build["builtAt"] = (name) => {
    const full = pathOf(name);
    const stats = full === undefined ? undefined : statSync(full, { throwIfNoEntry: false });
    return stats === undefined ? undefined : windowBefore(stats.mtimeMs);
  };
  const open: Build["open"] = async (name) => {
    const full = pathOf(name);
    return full === undefined ? undefined : await openFileSource(full);
  };
  const build: Build = { name: options.name, files: byName, context: options.context, isPartial: false, open, builtAt };
  return { ...build, manifest, pathOf };
}

interface Found {
  readonly full: string;
  readonly entry: TreeEntry;
}

/** The files in the order of their names, with their digests and where they are. */
async function hashFound(
  found: ReadonlyMap<string, Found>,
  options: RecordOptions,
): Promise<(ManifestEntry & { readonly full: string })[]> {
  const names = [...found.keys()].sort(byCodeUnit);
  const regular: { readonly path: string; readonly size: number }[] = [];
  for (const name of names) {
    const { full = "", entry } = found.get(name) ?? {};
    if (entry?.kind === "file") regular.push({ path: full, size: entry.size });
  }
  const digests = (await hashFiles(regular, options)).values();
  return names.flatMap((name) => {
    const file = found.get(name);
    if (file === undefined) return [];
    const { full, entry } = file;
    if (entry.kind === "symlink") return { kind: "symlink", path: name, target: entry.target, full };
    const { size, mode } = entry;
    return { kind: "file", path: name, size, mode, digests: digests.next().value ?? {}, full };
  });
}

/** Whether a recorded path is one that the patterns could name, whichever folder they start in. */
export function selectedBy(patterns: readonly string[], cwd: string): (recorded: string) => boolean {
  const tests = patterns.map((pattern): ((recorded: string) => boolean) => {
    const { label, base, rest } = parsePattern(pattern);
    if (label !== undefined) return (recorded) => recorded === label || recorded.startsWith(`${label}/`);
    const isFolder = statSync(path.resolve(cwd, base), { throwIfNoEntry: false })?.isDirectory() ?? false;
    return isFolder ? compileGlob(rest) : (recorded) => recorded === path.basename(base);
  });
  return (recorded) => tests.some((test) => test(recorded));
}

function* matchPattern(pattern: string, cwd: string): Generator<[string, Found]> {
  const { label, base, rest } = literalPattern(pattern, cwd) ?? parsePattern(pattern);
  const root = path.resolve(cwd, base);
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats === undefined) throw nothing(pattern, `${root} does not exist`);
  if (!stats.isDirectory()) {
    const entry = readEntry(root);
    yield [label ?? entry.path, { full: root, entry }];
    return;
  }
  const entries = listTree(root, compileGlob(rest));
  if (entries.length === 0) throw nothing(pattern, `no file below ${root} matches`);
  for (const entry of entries) {
    const name = label === undefined ? entry.path : entries.length === 1 ? label : `${label}/${entry.path}`;
    yield [name, { full: path.join(root, entry.path), entry }];
  }
}

/** A path that is there as it is written names itself, whatever characters its name has. */
function literalPattern(pattern: string, cwd: string): ReturnType<typeof parsePattern> | undefined {
  const isThere =
    /[*?[\]{}()!=]/.test(pattern) && statSync(path.resolve(cwd, pattern), { throwIfNoEntry: false }) !== undefined;
  return isThere ? { label: undefined, base: pattern, rest: "**" } : undefined;
}

/** `label=` apart, then the folders that are written literally and the glob below them; `**` for a plain path. */
function parsePattern(pattern: string): { label: string | undefined; base: string; rest: string } {
  const [, label, glob = pattern] = /^([\w./-]+)=(.+)$/.exec(pattern) ?? [];
  const parts = glob.split("/");
  const first = parts.findIndex((part) => /[*?[\]{}()!]/.test(part));
  if (first < 0) return { label, base: glob, rest: "**" };
  const base = parts.slice(0, first).join("/") || (glob.startsWith("/") ? "/" : ".");
  return { label, base, rest: parts.slice(first).join("/") };
}

function nothing(pattern: string, why: string): RecordError {
  return new RecordError(`\`${pattern}\` names nothing to hash: ${why}`, {
    advice: "Build first, or correct the pattern: two empty sets of files would always be equal.",
  });
}
