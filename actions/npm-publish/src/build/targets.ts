import path from "node:path";
import {
  NpmError,
  type PackageFile,
  type PackageFiles,
  targetFor,
  targetsOfPlatform,
  type WantedPlatform,
} from "@release-actions/npm";
import { wildcard } from "@release-actions/text";
import type { AppArchive, ReleasedApp } from "../released.ts";

/** A platform, and the target and archive that were built for it. */
export interface PlatformTarget {
  readonly wanted: WantedPlatform;
  readonly target: string;
  readonly archive: AppArchive;
}

/** The only program of the app, or the one with the app's name. */
export function programOf({ app, archives }: ReleasedApp): string {
  const names = new Set(
    archives.flatMap(({ programs }) => programs.map((program) => path.posix.basename(program, ".exe"))),
  );
  if (names.size === 0 || names.has(app)) return app;
  const [only, second] = names;
  if (only !== undefined && second === undefined) return only;
  throw new NpmError(`${app} has the programs ${[...names].join(", ")}: name the right one in \`packages\``);
}

/** Whether a target of one app was left out on purpose (`parseDropTargets` of packages/dist-plan). */
export type IsDropped = (target: string) => boolean;

/** The wanted platforms, without those that have no build because one of their targets was dropped on purpose. */
export function presentPlatforms(
  wanted: readonly WantedPlatform[],
  { archives }: ReleasedApp,
  isDropped: IsDropped,
): readonly WantedPlatform[] {
  // Without archives it is not known what was built.
  if (archives.length === 0) return wanted;
  const kept = archives.flatMap(({ targets }) => targets).filter((target) => !isDropped(target));
  return wanted.filter((each) => targetFor(each, kept) !== undefined || !targetsOfPlatform(each).some(isDropped));
}

/** @throws NpmError naming all platforms without a build, since the base package must not lack a part. */
export function wantedTargets(
  wanted: readonly WantedPlatform[],
  { app, archives }: ReleasedApp,
  isDropped: IsDropped,
): readonly PlatformTarget[] {
  const targets = archives.flatMap((archive) => archive.targets).filter((target) => !isDropped(target));
  const found = wanted.flatMap((each) => {
    const target = targetFor(each, targets);
    const archive = archives.find((candidate) => target !== undefined && candidate.targets.includes(target));
    return target === undefined || archive === undefined ? [] : [{ wanted: each, target, archive }];
  });
  const missing = wanted.filter((each) => !found.some((one) => one.wanted === each)).map(({ text }) => text);
  if (wanted.length === 0) throw new NpmError("the input `platforms` is empty");
  if (missing.length === 0) return found;
  throw new NpmError(`${app} was not built for ${missing.join(", ")}, only for ${targets.join(", ")}`, {
    advice: "Build these targets too, list only the built ones in `platforms`, or list the others in `drop-targets`.",
  });
}

/** Whether a file of an archive is wanted: the program, and files that match the patterns. */
export function wantedFiles(binary: string, patterns: readonly string[]): (file: string) => boolean {
  const expressions = patterns.map((pattern) => wildcard(pattern, { star: "file", ignoreCase: true }));
  return (file) => isProgram(file, binary) || expressions.some((expression) => expression.test(file));
}

function isProgram(file: string, binary: string): boolean {
  return path.posix.basename(file, ".exe") === binary;
}

export function programIn(content: PackageFiles, binary: string, wanted: WantedPlatform, archive: string): PackageFile {
  const name = wanted.os === "win32" ? `${binary}.exe` : binary;
  const [first, second] = [...content].filter(([file]) => path.posix.basename(file) === name);
  if (first !== undefined && second === undefined) return first[1];
  const found = first === undefined ? "has no" : "has more than one";
  throw new NpmError(`${archive} ${found} ${name}`, { advice: "Name the program with `binary` in `packages`." });
}

/** The files taken from an archive in addition to the program. */
export function extrasOf(content: PackageFiles, binary: string): PackageFiles {
  return new Map([...content].filter(([file]) => !isProgram(file, binary)));
}
