import {
  type Build,
  type Comparison,
  compareBuilds,
  explainBuilds,
  isReproducible,
  namedCauses,
  type RecordedBuild,
} from "@release-actions/reproducibility";
import type { ActionRunner } from "./action.gen.ts";
import { elsewhereBuilder } from "./build-elsewhere.ts";
import { digestsOf, findDependence } from "./find-variations.ts";
import type { Plan } from "./plan.ts";
import { hashProducts } from "./record-products.ts";
import { suggestedVariations } from "./suggested-variations.ts";
import { summarizeDifference, summarizeEqual } from "./summary.ts";
import { findMeans, impossible } from "./surroundings.ts";
import { parseVariations, VARIATIONS, type Variation } from "./variation.ts";
import { DAYS_AHEAD } from "./varied-values.ts";

/** Builds again in other environments, compares, and finds out what a difference depends on. */
export async function compareWithOthers(first: RecordedBuild, plan: Plan, runner: ActionRunner): Promise<void> {
  const { inputs } = runner;
  const folder = await runner.tempFolder("second-build");
  const means = await findMeans(folder, runner);
  const wanted = parseVariations(inputs.vary);
  const missing = impossible(wanted, means);
  const varied = wanted.filter((one) => !missing.has(one));
  for (const [one, why] of missing)
    runner.problem({ level: "notice", message: `${VARIATIONS[one]} was not varied (\`${one}\`): ${why}` });
  runner.setOutput("varied", varied.join(" "));

  const build = elsewhereBuilder(plan, runner, folder, means);
  const record = async (name: string, words: readonly Variation[], round: number): Promise<RecordedBuild> => {
    const title = words.length === 0 ? "in the same environment" : `with other ${words.join(", ")}`;
    const built = await runner.group(`Building again ${title}`, () => build(words, round));
    const options = { name, algorithms: ["blake3"], context: first.context } as const;
    return await hashProducts(built.products, built.plan, options, runner);
  };
  const builds: Build[] = [withoutModes(first)];
  let comparison: Comparison = { builds, contexts: [], verdicts: [], explanations: [] };
  for (let round = 1; round < inputs.builds; round += 1) {
    const built = withoutModes(await record(`build ${round + 1}`, varied, round - 1));
    builds.push(varied.includes("time") ? { ...built, builtAt: otherClock } : built);
    const verdicts = compareBuilds(builds, () => ({ severity: "error", reason: undefined }));
    comparison = { builds, contexts: [], verdicts, explanations: [] };
    if (!isReproducible(comparison)) break;
  }
  const reproducible = isReproducible(comparison);
  runner.setOutput("reproducible", reproducible);
  if (reproducible) {
    summarizeEqual(runner, comparison, varied);
    runner.setOutput("causes", []);
    return;
  }
  // Explain the differences now, because the next build replaces these products.
  const scratch = await runner.tempFolder("explain");
  const { verdicts } = comparison;
  const explained = await explainBuilds(verdicts, builds, { scratch, reporter: runner, signal: runner.signal });
  const dependence = inputs.bisect
    ? await findDependence({
        varied,
        likely: suggestedVariations(namedCauses({ ...comparison, ...explained })),
        first: digestsOf(first),
        maxBuilds: inputs["max-builds"],
        build: async (words) => digestsOf(await record("a build of the search", words, 0)),
      })
    : undefined;
  summarizeDifference(runner, { ...comparison, ...explained }, dependence);
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The times that a build with a changed clock may contain: its own, or the real one if a program was not reached. */
function otherClock(): { from: number; to: number } {
  return { from: Date.now() - DAY_MS, to: Date.now() + (DAYS_AHEAD + 1) * DAY_MS };
}

/** The build without file modes: they come from the umask, which is varied, and not from the compiler. */
function withoutModes(build: RecordedBuild): Build {
  const files = [...build.files].map(([path, file]): [string, typeof file] => {
    if (file.kind === "symlink") return [path, file];
    const { mode: _byUmask, ...rest } = file;
    return [path, rest];
  });
  return { ...build, files: new Map(files) };
}
