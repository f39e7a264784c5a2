import { ALGORITHMS, byCodeUnit, type Digests, type ListAlgorithm } from "@release-actions/digest";
import { countOf, Fault } from "@release-actions/report";
import type { Build, BuildFile } from "./build.ts";
import type { Judgement } from "./policy.ts";

/** Builds that have the same of a file. `what` says what they have. */
export interface Agreement {
  readonly what: string;
  readonly builds: readonly string[];
}

export type MismatchKind = "content" | "mode" | "link" | "kind" | "missing" | "empty" | "incomparable";

/** The verdict on one file. The first agreement is the majority's, where one is larger than all others. */
export interface FileVerdict extends Judgement {
  readonly path: string;
  readonly kind: "equal" | MismatchKind;
  readonly agreements: readonly Agreement[];
  readonly hasMajority: boolean;
}

const COMPARABLE: readonly ListAlgorithm[] = [...ALGORITHMS, "sha512"];

/** Compares two builds or more, file by file. */
export function compareBuilds(builds: readonly Build[], judge: (path: string) => Judgement): FileVerdict[] {
  if (builds.length < 2)
    throw new Fault(
      `there ${builds.length === 1 ? "is" : "are"} ${countOf(builds.length, "build")} to compare, expected two or more`,
    );
  const whole = builds.filter(({ isPartial }) => !isPartial);
  const paths = new Set((whole.length > 0 ? whole : builds).flatMap(({ files }) => [...files.keys()]));
  if (paths.size === 0) throw new Fault("the builds have no files, so there is nothing to compare");
  return [...paths].sort(byCodeUnit).map((path) => compareFile(path, builds, judge(path)));
}

function compareFile(path: string, builds: readonly Build[], judgement: Judgement): FileVerdict {
  const found = builds.map(({ name, files }) => ({ name, file: files.get(path) }));
  const present = found.flatMap(({ file }) => (file === undefined ? [] : [file]));
  const algorithm = COMPARABLE.find((name) =>
    present.every((file) => file.kind !== "file" || file.digests[name] !== undefined),
  );
  const knowsModes = present.every((file) => file.kind === "file" && file.mode !== undefined);
  const groups = new Map<string, string[]>();
  for (const { name, file } of found) {
    const what = describe(file, algorithm, knowsModes);
    groups.set(what, [...(groups.get(what) ?? []), name]);
  }
  const agreements = [...groups]
    .map(([what, names]) => ({ what, builds: names }))
    .sort((a, b) => b.builds.length - a.builds.length);
  const [first, second] = agreements;
  const hasMajority = (first?.builds.length ?? 0) > (second?.builds.length ?? 0);
  const kind =
    algorithm === undefined
      ? "incomparable"
      : agreements.length > 1
        ? kindOf(found, algorithm)
        : isEmpty(present)
          ? "empty"
          : "equal";
  return { path, kind, agreements, hasMajority, ...judgement };
}

function describe(file: BuildFile | undefined, algorithm: keyof Digests | undefined, withMode: boolean): string {
  if (file === undefined) return "missing";
  if (file.kind === "symlink") return `link to ${file.target}`;
  const mode = withMode ? ` ${(file.mode ?? 0).toString(8).padStart(4, "0")}` : "";
  if (algorithm === undefined) return `${Object.keys(file.digests).join(" and ")} only`;
  return `${algorithm}:${file.digests[algorithm]}${mode}`;
}

function kindOf(found: readonly { readonly file: BuildFile | undefined }[], algorithm: keyof Digests): MismatchKind {
  const files = found.map(({ file }) => file);
  if (files.includes(undefined)) return "missing";
  const kinds = new Set(files.map((file) => file?.kind));
  if (kinds.size > 1) return "kind";
  if (kinds.has("symlink")) return "link";
  const digests = new Set(files.map((file) => (file?.kind === "file" ? file.digests[algorithm] : undefined)));
  return digests.size > 1 ? "content" : "mode";
}

/** Equal because there is nothing in them: treated as a failed build (F124). */
function isEmpty(files: readonly BuildFile[]): boolean {
  return files.every((file) => file.kind === "file" && file.size === 0);
}
