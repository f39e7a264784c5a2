import type { RandomAccessSource } from "@release-actions/archive";
import { type Explanation, explainDifference } from "@release-actions/difference";
import type { Reporter } from "@release-actions/report";
import type { Build } from "./build.ts";
import type { FileVerdict } from "./compare.ts";

/** The most files to explain. If everything differs, there is usually one reason and not hundreds. */
const MAX_EXPLAINED = 50;
const PROGRAM = /(?:^|\/)[^.]+$|\.(?:exe|dll|so(?:\.[\d.]+)?|dylib|wasm|node|a|lib|rlib|o)$/i;
const PACKED = /\.(?:tar|t?gz|t?xz|zst|bz2|zip|crate|deb|rpm|apk|jar|whl|nupkg|pkg|dmg|msi)$/i;

/** The reasons why a file differs between two builds. */
export interface FileExplanation extends Explanation {
  readonly path: string;
  readonly left: string;
  readonly right: string;
}

/** Asks another program to compare two files. Returns the first lines of its output, or an empty list. */
export type AskOther = (name: string, sources: readonly RandomAccessSource[]) => Promise<readonly string[]>;

/** The services for explaining differences. `scratch` is a folder for temporary files. */
export interface ExplainBuildsOptions {
  /** Compares files of formats that this project cannot examine. */
  readonly askOther?: AskOther | undefined;
  readonly scratch: string;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal | undefined;
}

export interface Explanations {
  readonly explanations: FileExplanation[];
  /** The number of differing files that were not examined because there are too many. */
  readonly notExplained: number;
}

/** Explains each file whose content differs. The version of the majority, or else of the first build, is compared with each other version. */
export async function explainBuilds(
  verdicts: readonly FileVerdict[],
  builds: readonly Build[],
  options: ExplainBuildsOptions,
): Promise<Explanations> {
  const differing = verdicts
    .filter(({ kind, severity }) => kind === "content" && severity !== "ignored")
    .map((verdict) => ({ ...verdict, rank: rankOf(verdict.path, builds) }))
    // Programs come first, because archives and lists differ when the programs in them differ.
    .sort((a, b) => a.rank - b.rank || (a.path < b.path ? -1 : 1));
  const explanations: FileExplanation[] = [];
  for (const { path, agreements } of differing.slice(0, MAX_EXPLAINED)) {
    const [reference, ...others] = agreements.map(({ builds: names }) =>
      builds.find(({ name }) => names.includes(name)),
    );
    for (const other of others) {
      if (reference === undefined || other === undefined) continue;
      const explanation = await explainPair(path, reference, other, options);
      if (explanation !== undefined)
        explanations.push({ path, left: reference.name, right: other.name, ...explanation });
    }
  }
  return { explanations, notExplained: Math.max(0, differing.length - MAX_EXPLAINED) };
}

function rankOf(path: string, builds: readonly Build[]): number {
  const isExecutable = builds.some(({ files }) => {
    const file = files.get(path);
    return file?.kind === "file" && ((file.mode ?? 0) & 0o111) !== 0;
  });
  if (PROGRAM.test(path) && (isExecutable || path.includes("."))) return 0;
  if (isExecutable) return 1;
  return PACKED.test(path) ? 2 : 3;
}

async function explainPair(
  path: string,
  left: Build,
  right: Build,
  { scratch, reporter, signal, askOther }: ExplainBuildsOptions,
): Promise<Explanation | undefined> {
  await using a = await left.open(path);
  await using b = await right.open(path);
  if (a === undefined || b === undefined) {
    reporter.debug(
      `the difference in ${path} cannot be explained: only ${a === undefined ? right.name : left.name} has the file's content`,
    );
    return undefined;
  }
  reporter.info(`explaining ${path}: ${left.name} and ${right.name}`);
  const windows = { now: Date.now(), left: left.builtAt?.(path), right: right.builtAt?.(path) };
  const explanation = await explainDifference([a, b], { scratch, windows, signal });
  const isUnknown = explanation.causes.some(({ kind }) => kind === "content");
  if (!isUnknown || askOther === undefined) return explanation;
  const lines = await askOther(path, [a, b]);
  if (lines.length === 0) return explanation;
  return { ...explanation, excerpts: [...explanation.excerpts, { place: "", source: "diffoscope", lines }] };
}
