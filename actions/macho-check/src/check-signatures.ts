import type { Runner } from "@release-actions/action-kit";
import { type CheckedProduct, checkProduct, findProducts } from "@release-actions/macos-product";
import type { contract } from "./action.gen.ts";
import { describeBinaries } from "./describe.ts";
import { notNotarized, parseAccepted } from "./notarized.ts";

/** Checks every product and reports; what is wrong is an annotation on its file. */
export async function checkSignatures(runner: Runner<typeof contract>): Promise<void> {
  const { path: patterns, mode, "team-id": teamId, submissions } = runner.inputs;
  const products = await findProducts(patterns, process.cwd());
  const checked: CheckedProduct[] = [];
  for (const product of products) {
    const started = performance.now();
    const result = await checkProduct(product, { teamId, signal: runner.signal });
    checked.push(result);
    const spent = Math.round(performance.now() - started);
    runner.info(
      `${product.path}: ${result.binaries.length} Mach-O files, ${result.problems.length} findings, ${spent} ms`,
    );
  }

  const accepted = parseAccepted(submissions);
  const problems = checked.flatMap((result) => [...result.problems, ...notNotarized(result, accepted)]);
  for (const { message, advice, file } of problems) {
    const level = mode === "strict" ? "error" : "warning";
    runner.problem({ level, message: `${message}. ${advice}`, title: "macOS signature", location: { file } });
  }
  const binaries = checked.flatMap(describeBinaries);
  runner.setOutput("findings", problems);
  runner.setOutput("binaries", binaries);
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
  if (problems.length > 0 && mode === "strict") {
    runner.fail(
      `${problems.length} findings would make notarization fail`,
      "Change what the annotations name, then sign again.",
    );
  }
}
