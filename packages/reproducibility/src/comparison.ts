import { CAUSE_TITLES, type Cause } from "@release-actions/difference";
import { countOf } from "@release-actions/report";
import type { Build } from "./build.ts";
import type { FileVerdict } from "./compare.ts";
import type { ContextDifference } from "./context.ts";
import type { FileExplanation } from "./explain-builds.ts";

/** The complete result of comparing a set of builds, from which the reports are made. */
export interface Comparison {
  readonly builds: readonly Build[];
  readonly contexts: readonly ContextDifference[];
  readonly verdicts: readonly FileVerdict[];
  readonly explanations: readonly FileExplanation[];
  /** The number of differing files that were not examined. */
  readonly notExplained?: number;
}

/** A cause, as in the action's output. `file` is empty for causes that concern whole builds. */
export interface NamedCause {
  readonly file: string;
  readonly kind: string;
  readonly title: string;
  readonly place: string;
  readonly left: string;
  readonly right: string;
  readonly remedy: string;
  /** The number of places in the file that show this cause. */
  readonly count: number;
}

/** The verdicts on all files that are not equal, including those that `ignore` allows to differ. */
export function mismatches({ verdicts }: Comparison): FileVerdict[] {
  return verdicts.filter(({ kind }) => kind !== "equal");
}

/** Whether there are no differences except those that `ignore` declares. */
export function isReproducible(comparison: Comparison): boolean {
  return mismatches(comparison).every(({ severity }) => severity === "ignored");
}

/** All causes: first those that concern whole builds, then those of files. */
export function namedCauses(comparison: Comparison): NamedCause[] {
  const differing = mismatches(comparison).filter(({ severity }) => severity !== "ignored");
  if (differing.length === 0) return [];
  const builds = comparison.contexts.filter(({ isDecisive }) => isDecisive).map(contextCause);
  const files = comparison.explanations.flatMap(({ path, causes }) => causes.map((cause) => fileCause(path, cause)));
  const others = differing.filter(({ kind }) => kind !== "content").map(attributeCause);
  return [...builds, ...others, ...files];
}

function contextCause({ key, values }: ContextDifference): NamedCause {
  const distinct = [...new Set(values.map(({ value }) => value || "none"))];
  const title = key === "build-command" ? "other build commands" : `another ${key}`;
  const remedy = `Give all builds the same \`${key}\`: this alone can make files differ.`;
  return {
    file: "",
    kind: `build-context:${key}`,
    title,
    place: "manifest",
    left: distinct[0] ?? "",
    right: distinct.slice(1).join(" / "),
    remedy,
    count: 1,
  };
}

function fileCause(file: string, cause: Cause): NamedCause {
  const { kind, place, left, right, remedy, count } = cause;
  return { file, kind, title: CAUSE_TITLES[kind], place, left, right, remedy, count };
}

const ATTRIBUTES: Readonly<Record<string, { readonly title: string; readonly remedy: string }>> = {
  missing: { title: "a file that not all builds have", remedy: "Build the same packages, or record the same paths." },
  mode: { title: "another file mode", remedy: "Set the mode after building (`chmod`), or build under the same umask." },
  link: { title: "a link that points elsewhere", remedy: "Make the link relative, and to the same target." },
  kind: { title: "a file here, a link there", remedy: "Install the file the same way in all builds." },
  empty: {
    title: "an empty file",
    remedy: "A file of zero bytes is not a result: look for the step that failed to write it.",
  },
  incomparable: { title: "no common digest", remedy: "Record all builds with one algorithm, or with `both`." },
};

function attributeCause({ path, kind, agreements }: FileVerdict): NamedCause {
  const { title = kind, remedy = "" } = ATTRIBUTES[kind] ?? {};
  const [first, ...others] = agreements.map(({ what }) => what);
  return { file: path, kind, title, place: "", left: first ?? "", right: others.join(" / "), remedy, count: 1 };
}

/** A cause that several files share. Reports show it once. */
export interface SharedCause extends NamedCause {
  /** The files with this cause. `place` is in the first of them. */
  readonly files: readonly string[];
}

/** Merges causes that differ only in the file, in order of first appearance. */
export function sharedCauses(causes: readonly NamedCause[]): SharedCause[] {
  const shared = new Map<string, { cause: NamedCause; files: string[] }>();
  for (const cause of causes) {
    const key = [cause.kind, cause.left, cause.right, cause.remedy, cause.file === ""].join("\0");
    const known = shared.get(key);
    if (known === undefined) shared.set(key, { cause, files: [cause.file] });
    else if (!known.files.includes(cause.file)) known.files.push(cause.file);
  }
  return [...shared.values()].map(({ cause, files }) => ({ ...cause, files }));
}

/** Causes with the same title and remedy. */
export interface CauseGroup {
  readonly title: string;
  readonly remedy: string;
  readonly causes: readonly SharedCause[];
}

/** Groups the causes by remedy, so that each remedy is shown once with all places that it concerns. */
export function causeGroups(comparison: Comparison): CauseGroup[] {
  const groups = new Map<string, { title: string; remedy: string; causes: SharedCause[] }>();
  for (const cause of sharedCauses(namedCauses(comparison))) {
    const { title, remedy } = cause;
    const key = `${title}\0${remedy}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { title, remedy, causes: [cause] });
    else known.causes.push(cause);
  }
  return [...groups.values()];
}

/** How many differing files were not examined, as a sentence; empty if there are none. */
export function leftUnexplained({ notExplained = 0 }: Comparison): string {
  const files = countOf(notExplained, "more file differs and was", "more files differ and were");
  return notExplained === 0 ? "" : `${files} not compared in detail; programs come first.`;
}

/** The result in a few words, for a headline: `2 of 6 files differ between 2 builds`. */
export function verdictOf(comparison: Comparison): string {
  const { builds, verdicts } = comparison;
  const differing = mismatches(comparison).length;
  const inBuilds = countOf(builds.length, "build");
  if (!isReproducible(comparison))
    return `${differing} of ${countOf(verdicts.length, "file")} ${differing === 1 ? "differs" : "differ"} between ${inBuilds}`;
  const same = countOf(verdicts.length - differing, "file is", "files are");
  const declared = differing === 0 ? "" : `, ${countOf(differing, "declared difference")} aside`;
  return `${same} the same in ${inBuilds}${declared}`;
}
