import { ALGORITHMS, byCodeUnit, type Digests, type ListAlgorithm, LONG_ALGORITHMS } from "@release-actions/digest";
import { countOf, Fault } from "@release-actions/report";
import type { Build, BuildFile } from "./build.ts";
import type { Judgement } from "./policy.ts";

/** Builds in which a file is the same. `what` describes it, for example by its digest. */
export interface Agreement {
  readonly what: string;
  readonly builds: readonly string[];
}

/** What differs. "kind": a file in one build, a link in another; "incomparable": no common digest algorithm. */
export type MismatchKind = "content" | "mode" | "link" | "kind" | "missing" | "empty" | "incomparable";

/** The verdict on one file. If `hasMajority` is true, the first agreement is that of the largest group of builds. */
export interface FileVerdict extends Judgement {
  readonly path: string;
  readonly kind: "equal" | MismatchKind;
  readonly agreements: readonly Agreement[];
  readonly hasMajority: boolean;
}

const COMPARABLE: readonly ListAlgorithm[] = [...ALGORITHMS, ...LONG_ALGORITHMS];

/** Compares two builds or more, file by file. */
export function compareBuilds(builds: readonly Build[], judge: (path: string) => Judgement): FileVerdict[] {
  if (builds.length < 2)
    throw new Fault(
      `there ${builds.length === 1 ? "is" : "are"} ${countOf(builds.length, "build")} to compare, expected two or more`,
    );
  const whole = builds.filter(({ isPartial }) => !isPartial);
  const paths = new Set((whole.length > 0 ? whole : builds).flatMap(({ files }) => [...files.keys()]));
  if (paths.size === 0) throw new Fault("the builds have no files, so there is nothing to compare");
  const names = namesOf(builds);
  return [...paths].sort(byCodeUnit).map((path) => compareFile(path, builds, names, judge(path)));
}

function compareFile(
  path: string,
  builds: readonly Build[],
  names: readonly string[],
  judgement: Judgement,
): FileVerdict {
  const found = builds.map(({ files }) => files.get(path));
  const present = found.filter((file) => file !== undefined);
  const algorithm = COMPARABLE.find((name) =>
    present.every((file) => file.kind !== "file" || file.digests[name] !== undefined),
  );
  const knowsModes = present.every((file) => file.kind === "file" && file.mode !== undefined);
  const [first] = found;
  // A fast path for equal files: nearly all files are equal, and there may be hundreds of thousands.
  if (algorithm !== undefined && found.every((file) => isSame(file, first, algorithm, knowsModes))) {
    const agreements = [{ what: describe(first, algorithm, knowsModes), builds: names }];
    return { path, kind: isEmpty(present) ? "empty" : "equal", agreements, hasMajority: true, ...judgement };
  }
  const groups = Map.groupBy(builds, ({ files }) => describe(files.get(path), algorithm, knowsModes));
  const agreements = [...groups]
    .map(([what, group]) => ({ what, builds: namesOf(group) }))
    .sort((a, b) => b.builds.length - a.builds.length);
  const hasMajority = (agreements[0]?.builds.length ?? 0) > (agreements[1]?.builds.length ?? 0);
  const kind = algorithm === undefined ? "incomparable" : kindOf(found, algorithm);
  return { path, kind, agreements, hasMajority, ...judgement };
}

function namesOf(builds: readonly Build[]): string[] {
  return builds.map(({ name }) => name);
}

/** Whether `describe` would return the same text for both. */
function isSame(
  one: BuildFile | undefined,
  other: BuildFile | undefined,
  algorithm: ListAlgorithm,
  withMode: boolean,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one.kind === "symlink") return other.kind === "symlink" && one.target === other.target;
  if (other.kind === "symlink" || one.digests[algorithm] !== other.digests[algorithm]) return false;
  return !withMode || one.mode === other.mode;
}

function describe(file: BuildFile | undefined, algorithm: keyof Digests | undefined, withMode: boolean): string {
  if (file === undefined) return "missing";
  if (file.kind === "symlink") return `link to ${file.target}`;
  const mode = withMode ? ` ${(file.mode ?? 0).toString(8).padStart(4, "0")}` : "";
  if (algorithm === undefined) return `${Object.keys(file.digests).join(" and ")} only`;
  return `${algorithm}:${file.digests[algorithm]}${mode}`;
}

function kindOf(files: readonly (BuildFile | undefined)[], algorithm: keyof Digests): MismatchKind {
  if (files.includes(undefined)) return "missing";
  const kinds = new Set(files.map((file) => file?.kind));
  if (kinds.size > 1) return "kind";
  if (kinds.has("symlink")) return "link";
  const digests = new Set(files.map((file) => (file?.kind === "file" ? file.digests[algorithm] : undefined)));
  return digests.size > 1 ? "content" : "mode";
}

/** Whether all files are empty. Empty files are equal, but they are treated as the result of a failed build. */
function isEmpty(files: readonly BuildFile[]): boolean {
  return files.every((file) => file.kind === "file" && file.size === 0);
}
