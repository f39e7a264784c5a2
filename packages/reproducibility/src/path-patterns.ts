import { statSync } from "node:fs";
import path from "node:path";
import { listTree, readEntry, type TreeEntry } from "@release-actions/digest";
import { Fault } from "@release-actions/report";
import { compileGlob } from "./glob.ts";

export interface FoundFile {
  readonly full: string;
  readonly entry: TreeEntry;
}

/** The lines of `paths`. They select files, and lines with `!` exclude files again. */
export interface PathPatterns {
  readonly wanted: readonly string[];
  /** Whether a line with `!` excludes the file with this absolute path. */
  readonly isExcluded: (full: string) => boolean;
}

/** Separates the lines with `!`, which exclude files. `!(a|b)` is a glob, and a line that is the name of an existing file is that name. */
export function parsePatterns(lines: readonly string[], cwd: string): PathPatterns {
  const excludes = (line: string): boolean => /^!(?!\()/.test(line) && literalPattern(line, cwd) === undefined;
  const tests = lines.filter(excludes).map((line): ((full: string) => boolean) => {
    const { base, rest } = parsePattern(line.slice(1));
    const root = path.resolve(cwd, base);
    const matches = compileGlob(rest);
    return (full) => full === root || (full.startsWith(`${root}${path.sep}`) && matches(path.relative(root, full)));
  });
  return {
    wanted: lines.filter((line) => !excludes(line)),
    isExcluded: (full) => tests.some((test) => test(full)),
  };
}

/** Whether the patterns could select a file with this recorded path, in any base folder. */
export function selectedBy(patterns: readonly string[], cwd: string): (recorded: string) => boolean {
  const { wanted, isExcluded } = parsePatterns(patterns, cwd);
  const tests = wanted.map((pattern): ((recorded: string) => boolean) => {
    const { label, base, rest } = parsePattern(pattern);
    if (label !== undefined) return (recorded) => recorded === label || recorded.startsWith(`${label}/`);
    const root = path.resolve(cwd, base);
    const isFolder = statSync(root, { throwIfNoEntry: false })?.isDirectory() ?? false;
    const matches = isFolder ? compileGlob(rest) : (recorded: string) => recorded === path.basename(base);
    return (recorded) => matches(recorded) && !(isFolder && isExcluded(path.join(root, recorded)));
  });
  return (recorded) => tests.some((test) => test(recorded));
}

/** The files that one line selects, by the names under which they are recorded. Everything except files and links is left out. */
export function* matchPattern(
  pattern: string,
  cwd: string,
  leaveOut: (full: string, why: string) => void,
): Generator<[string, FoundFile]> {
  const { label, base, rest } = literalPattern(pattern, cwd) ?? parsePattern(pattern);
  const root = path.resolve(cwd, base);
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats === undefined) throw nothing(pattern, `${root} does not exist`);
  if (!stats.isDirectory()) {
    const entry = readEntry(root);
    yield [label ?? entry.path, { full: root, entry }];
    return;
  }
  const entries = listTree(root, compileGlob(rest), leaveOut);
  if (entries.length === 0) throw nothing(pattern, `no file below ${root} matches`);
  for (const entry of entries) {
    const name = label === undefined ? entry.path : entries.length === 1 ? label : `${label}/${entry.path}`;
    yield [name, { full: path.join(root, entry.path), entry }];
  }
}

/** The path of an existing file whose name contains glob characters; it means that file and is not read as a glob. */
function literalPattern(pattern: string, cwd: string): ReturnType<typeof parsePattern> | undefined {
  const isThere =
    /[*?[\]{}()!=]/.test(pattern) && statSync(path.resolve(cwd, pattern), { throwIfNoEntry: false }) !== undefined;
  return isThere ? { label: undefined, base: pattern, rest: "**" } : undefined;
}

/** Splits a pattern into its `label=`, the leading folders without glob characters, and the glob below them (`**` for a plain path). */
function parsePattern(pattern: string): { label: string | undefined; base: string; rest: string } {
  const [, label, glob = pattern] = /^([\w./-]+)=(.+)$/.exec(pattern) ?? [];
  const parts = glob.split("/");
  const first = parts.findIndex((part) => /[*?[\]{}()!]/.test(part));
  if (first < 0) return { label, base: glob, rest: "**" };
  const base = parts.slice(0, first).join("/") || (glob.startsWith("/") ? "/" : ".");
  return { label, base, rest: parts.slice(first).join("/") };
}

function nothing(pattern: string, why: string): Fault {
  return new Fault(`\`${pattern}\` names nothing to hash: ${why}`, {
    advice: "Build first, or correct the pattern: two empty sets of files would always be equal.",
  });
}
