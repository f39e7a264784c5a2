import {
  type Build,
  barsTable,
  causesTable,
  compareBuilds,
  explainBuilds,
  isReproducible,
  namedCauses,
  type RecordedBuild,
  recordBuild,
} from "@release-actions/reproducibility";
import type { BuildRunner } from "./build-runner.ts";
import type { Plan } from "./plan.ts";
import { productPattern } from "./record-products.ts";
import type { Product } from "./run-cargo.ts";

/** Compares the first build with the second, and fails the step with the causes where they differ. */
export async function compareProducts(
  first: RecordedBuild,
  products: readonly Product[],
  plan: Plan,
  runner: BuildRunner,
): Promise<void> {
  const { context } = first;
  const options = {
    name: "second build",
    algorithms: ["blake3"],
    context,
    reporter: runner,
    signal: runner.signal,
  } as const;
  const second = await recordBuild(
    products.map((product) => productPattern(product, plan)),
    plan.cwd,
    options,
  );
  const builds = [withoutModes(first), withoutModes(second)];
  const verdicts = compareBuilds(builds, () => ({ severity: "error", reason: undefined }));
  const scratch = await runner.tempFolder("explain");
  const explained = await explainBuilds(verdicts, builds, { scratch, reporter: runner, signal: runner.signal });
  const comparison = { builds, contexts: [], verdicts, ...explained };
  const causes = namedCauses(comparison);
  const reproducible = isReproducible(comparison);
  runner.setOutput("reproducible", reproducible);
  runner.setOutput("causes", causes);
  runner.summary.heading(reproducible ? "The second build is equal" : "The second build differs");
  if (reproducible) {
    runner.info(`both builds are equal in ${verdicts.length} files`);
    return;
  }
  for (const { header, rows } of [causesTable(comparison), barsTable(comparison)]) runner.summary.table(header, rows);
  for (const { file, title, place, left, right, remedy } of causes) {
    runner.problem({ level: "error", message: `${file}: ${title} (${place}: ${left}, ${right})\n${remedy}` });
  }
  runner.fail("two builds of the same source differ");
}

/** The umask, which the second build has another of, sets the modes; they are no part of what was compiled. */
function withoutModes(build: Build): Build {
  const files = [...build.files].map(([path, file]): [string, typeof file] => {
    if (file.kind === "symlink") return [path, file];
    const { mode: _byUmask, ...rest } = file;
    return [path, rest];
  });
  return { ...build, files: new Map(files) };
}
