import { type CheckedProduct, checkProduct, findProducts, readAuthorities } from "@release-actions/macos-product";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { describeBinaries } from "./describe.ts";
import { notNotarized, parseAccepted } from "./notarized.ts";

/** Checks every product and reports; what is wrong is an annotation on its file. */
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
  for (const { message, advice, file, level: found } of problems) {
    const level = mode === "strict" ? found : "warning";
    runner.problem({ level, message: `${message}. ${advice}`, title: "macOS signature", location: { file } });
  }
  const binaries = checked.flatMap(describeBinaries);
  runner.setOutput("findings", problems);
  runner.setOutput("binaries", binaries);
  const notChecked = checked.flatMap((result) => result.notChecked);
  runner.setOutput("not-checked", notChecked);
  for (const line of notChecked) runner.info(`not checked: ${line}`);
  runner.summary.heading("macOS signatures");
  runner.summary.table(
    ["binary", "architecture", "identifier", "team", "signed by", "timestamp", "macOS / SDK"],
    binaries.map((row) => [
      row.path === "" ? row.file : `${row.file}: ${row.path}`,
      row.architecture,
      row.identifier ?? "not signed",
      row.teamId ?? "-",
      row.authority ?? "-",
      row.timestamp ?? "-",
      `${row.minimumOs ?? "?"} / ${row.sdk ?? "?"}`,
    ]),
  );
  if (problems.length > 0) {
    runner.summary.table(
      ["finding", "what to change"],
      problems.map(({ message, advice }) => [message, advice]),
    );
  }
  if (notChecked.length > 0) {
    runner.summary.table(
      ["not checked"],
      notChecked.map((line) => [line]),
    );
  }
  const errors = problems.filter(({ level }) => level === "error").length;
  if (errors > 0 && mode === "strict") {
    runner.fail(
      `${countOf(errors, "finding")} would make notarization fail`,
      "Change what the annotations name, then sign again.",
    );
  }
}
