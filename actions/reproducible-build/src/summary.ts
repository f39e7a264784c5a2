import path from "node:path";
import { countOf, formatBytes, type Problem } from "@release-actions/report";
import { type Comparison, namedCauses, verdictOf, writeCauses } from "@release-actions/reproducibility";
import type { ActionRunner } from "./action.gen.ts";
import { type DependenceCause, dependenceCauses, describeDependence } from "./dependence-causes.ts";
import type { Dependence } from "./find-variations.ts";
import type { Plan } from "./plan.ts";
import type { Product } from "./run-cargo.ts";
import type { Variation } from "./variation.ts";

/** Reports the result of the first build; fails the step if there are problems. */
export function reportBuild(runner: ActionRunner, products: readonly Product[], problems: readonly Problem[]): void {
  for (const problem of problems) runner.problem(problem);
  const errors = problems.length > 0;
  const said = errors ? countOf(problems.length, "finding") : countOf(products.length, "binary", "binaries");
  runner.summary.verdict(errors ? "error" : "success", `Build: ${said}`).findings(problems);
  if (errors) runner.fail(`the build failed its checks: ${said}, shown above`);
}

/** Shows the products and their flags, below the result. @param sizes in bytes, in the order of the products */
export function showProducts(
  summary: ActionRunner["summary"],
  plan: Plan,
  products: readonly Product[],
  sizes: readonly number[],
): void {
  const rows = products.map((product, index) => [
    `\`${path.basename(product.path)}\``,
    product.triple,
    formatBytes(sizes[index] ?? 0),
  ]);
  summary
    .table(["binary", "target", "size"], rows)
    .details(
      "Flags of the compiler",
      plan.targets
        .map(({ triple, rustflags }) => `${triple}: ${rustflags.length > 0 ? `\`${rustflags.join(" ")}\`` : "none"}`)
        .join("\n\n"),
    );
}

/** Reports that all builds are equal. */
export function summarizeEqual(runner: ActionRunner, comparison: Comparison, varied: readonly Variation[]): void {
  const { builds, verdicts } = comparison;
  const words = varied.join(", ") || "nothing";
  runner.info(`${builds.length} builds are equal in ${countOf(verdicts.length, "file")}; varied: ${words}`);
  runner.summary.verdict("success", `Reproducible: ${verdictOf(comparison)}`).text(`Varied: ${words}.`);
}

/** Reports that builds differ: sets the outputs, names the causes, and fails the step. */
export function summarizeDifference(
  runner: ActionRunner,
  comparison: Comparison,
  dependence: Dependence | undefined,
): void {
  const contents = namedCauses(comparison);
  const found: readonly DependenceCause[] = dependence === undefined ? [] : dependenceCauses(dependence, contents);
  runner.setOutput("causes", [...found.map(({ words: _shown, ...cause }) => cause), ...contents]);
  runner.setOutput("depends-on", found.map(({ words }) => words.join("+")).join(" "));
  runner.summary.verdict("error", `Not reproducible: ${verdictOf(comparison)}`);
  for (const { title, remedy } of found) runner.summary.text(`**Cause:** ${title}. ${remedy}`);
  const search = dependence === undefined ? [] : describeDependence(dependence);
  for (const line of search) runner.info(line);
  if (search.length > 0) runner.summary.text(search.join(" "));
  writeCauses(runner.summary, comparison);
  for (const { file, title, place, left, right, remedy } of [...found, ...contents]) {
    const where = [place, left, right].filter(Boolean).join(", ");
    const message = `${file === "" ? "the build" : file}: ${title}${where === "" ? "" : ` (${where})`}\n${remedy}`;
    runner.problem({ level: "error", message });
  }
  runner.fail("builds of the same source differ");
}
