import type { Runner } from "@release-actions/action-kit";
import { type CheckedProduct, checkProduct, type Product } from "@release-actions/macos-product";
import { Fault } from "@release-actions/report";
import type { contract } from "./action.gen.ts";

/**
 * Checks everything before anything is uploaded.
 * @throws Fault when there are findings and `preflight` is `strict`
 */
export async function preflight(
  runner: Runner<typeof contract>,
  products: readonly Product[],
): Promise<CheckedProduct[]> {
  const { preflight: mode, "team-id": teamId } = runner.inputs;
  const started = performance.now();
  const checked: CheckedProduct[] = [];
  for (const product of products) checked.push(await checkProduct(product, { teamId, signal: runner.signal }));
  const problems = checked.flatMap((product) => product.problems);
  const binaries = checked.reduce((sum, product) => sum + product.binaries.length, 0);
  runner.info(
    `preflight: ${binaries} Mach-O files, ${problems.length} findings, ${Math.round(performance.now() - started)} ms`,
  );
  if (mode === "off") return checked;
  for (const { file, message, advice } of problems) {
    const level = mode === "strict" ? "error" : "warning";
    runner.problem({ level, title: "Would not be notarized", message: `${message}. ${advice}`, location: { file } });
  }
  if (problems.length > 0 && mode === "strict") {
    throw new Fault(`nothing was submitted: ${problems.length} findings would make Apple refuse it, shown above`, {
      advice: "Correct them and run again. `preflight: warn` submits all the same.",
    });
  }
  return checked;
}
