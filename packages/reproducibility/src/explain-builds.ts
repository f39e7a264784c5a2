import { type Explanation, explainDifference } from "@release-actions/difference";
import type { Reporter } from "@release-actions/report";
import type { Build } from "./build.ts";
import type { FileVerdict } from "./compare.ts";

/** Files that are explained at most; a build in which everything differs has one reason, not hundreds. */
const MAX_EXPLAINED = 50;

/** Why one file of one build is not that of another. */
export interface FileExplanation extends Explanation {
  readonly path: string;
  readonly left: string;
  readonly right: string;
}

export interface ExplainBuildsOptions {
  readonly scratch: string;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
}

/** Explains each file whose content differs: the majority's, or the first build's, against each other kind. */
export async function explainBuilds(
  verdicts: readonly FileVerdict[],
  builds: readonly Build[],
  options: ExplainBuildsOptions,
): Promise<FileExplanation[]> {
  const differing = verdicts.filter(({ kind, severity }) => kind === "content" && severity !== "ignored");
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
  return explanations;
}

async function explainPair(
  path: string,
  left: Build,
  right: Build,
  { scratch, reporter, signal }: ExplainBuildsOptions,
): Promise<Explanation | undefined> {
  const [a, b] = [await left.open(path), await right.open(path)];
  try {
    if (a === undefined || b === undefined) {
      reporter.debug(
        `${path} cannot be explained: its content is known of ${a === undefined ? right.name : left.name} only`,
      );
      return undefined;
    }
    reporter.info(`explaining ${path}: ${left.name} and ${right.name}`);
    return await explainDifference(a, b, { scratch, ...(signal === undefined ? {} : { signal }) });
  } finally {
    await a?.close();
    await b?.close();
  }
}
