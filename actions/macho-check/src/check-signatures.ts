import { type CheckedProduct, checkProduct, findProducts, readAuthorities } from "@release-actions/macos-product";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { notNotarized, parseAccepted } from "./notarized.ts";
import { summarize } from "./summary.ts";

/** Checks every product, and reports each finding as an annotation on its file. */
export async function checkSignatures(runner: ActionRunner): Promise<void> {
  const { path: patterns, mode, "team-id": teamId, submissions, authorities: files } = runner.inputs;
  const authorities = await readAuthorities(files);
  const products = await findProducts(patterns, process.cwd());
  const checked: CheckedProduct[] = [];
  for (const product of products) {
    const started = performance.now();
    const result = await checkProduct(product, { teamId, authorities, signal: runner.signal });
    checked.push(result);
    const spent = Math.round(performance.now() - started);
    runner.info(
      `${product.path}: ${countOf(result.binaries.length, "Mach-O file")}, ${countOf(result.problems.length, "finding")}, ${spent} ms`,
    );
  }

  const accepted = parseAccepted(submissions);
  const problems = checked.flatMap((result) => [...result.problems, ...notNotarized(result, accepted)]);
  summarize(runner, checked, problems);
  const errors = problems.filter(({ level }) => level === "error").length;
  if (errors > 0 && mode === "strict") {
    runner.fail(
      `${countOf(errors, "finding")} would make notarization fail`,
      "Change what the annotations name, then sign again.",
    );
  }
}
