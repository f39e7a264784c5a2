import { type CheckedProduct, checkProduct, type Product, readAuthorities } from "@release-actions/macos-product";
import { APPLE_API } from "@release-actions/notary";
import { countOf, Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";

/**
 * Checks everything before anything is uploaded.
 * @throws Fault when there are findings and `preflight` is `strict`
 */
export async function preflight(runner: ActionRunner, products: readonly Product[]): Promise<CheckedProduct[]> {
  const { preflight: mode, "team-id": teamId, "api-url": apiUrl, authorities: files } = runner.inputs;
  const authorities = apiUrl === APPLE_API ? await readAuthorities(files) : "any";
  const started = performance.now();
  const checked: CheckedProduct[] = [];
  for (const product of products)
    checked.push(await checkProduct(product, { teamId, authorities, signal: runner.signal }));
  const problems = checked.flatMap((product) => product.problems);
  const binaries = checked.reduce((sum, product) => sum + product.binaries.length, 0);
  runner.info(
    `preflight: ${countOf(binaries, "Mach-O file")}, ${countOf(problems.length, "finding")}, ${Math.round(performance.now() - started)} ms`,
  );
  if (mode === "off") return checked;
  const shown = problems.map(({ file, message, advice, level }) => ({
    level: mode === "strict" ? level : ("warning" as const),
    title: "macOS signature",
    message: `${message}. ${advice}`,
    location: { file },
  }));
  for (const problem of shown) runner.problem(problem);
  runner.summary.findings(shown);
  const errors = problems.filter(({ level }) => level === "error").length;
  if (errors > 0 && mode === "strict") {
    const findings = countOf(errors, "finding");
    runner.summary.verdict("error", "Notarization: nothing was submitted");
    throw new Fault(`nothing was submitted: Apple would refuse it because of ${findings}`, {
      advice: "Correct what the findings name and run again. With `preflight: warn`, the files are submitted anyway.",
    });
  }
  return checked;
}
