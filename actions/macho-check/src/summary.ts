import path from "node:path";
import { Summary } from "@release-actions/action-kit";
import type { CheckedProduct, Problem as Finding } from "@release-actions/macos-product";
import { countOf, type Problem } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { NotNotarized } from "./notarized.ts";

/** Sets the outputs and annotates each finding; the summary shows the findings first, and the binaries folded. */
export function summarize(
  runner: ActionRunner,
  checked: readonly CheckedProduct[],
  found: readonly (Finding | NotNotarized)[],
): void {
  const binaries = checked.flatMap(({ product, binaries }) => {
    const file = path.basename(product.path);
    return binaries.flatMap((binary) => binary.images.map((image) => ({ file, path: binary.path, ...image })));
  });
  const notChecked = checked.flatMap((result) => result.notChecked);
  runner.setOutput("findings", found);
  runner.setOutput("binaries", binaries);
  runner.setOutput("not-checked", notChecked);
  for (const line of notChecked) runner.info(`not checked: ${line}`);

  const problems = found.map(
    ({ message, advice, file, level }): Problem => ({
      level: runner.inputs.mode === "strict" ? level : "warning",
      message: `${message}. ${advice}`,
      title: "macOS signature",
      location: { file },
    }),
  );
  for (const problem of problems) runner.problem(problem);
  const errors = problems.filter(({ level }) => level === "error").length;
  const said =
    problems.length > 0 ? countOf(problems.length, "finding") : countOf(binaries.length, "binary", "binaries");
  const mark = errors > 0 ? "error" : problems.length > 0 ? "warning" : "success";
  runner.summary
    .verdict(mark, `macOS signatures: ${problems.length > 0 ? said : `${said} as Apple requires`}`)
    .findings(problems);
  if (notChecked.length > 0)
    runner.summary.heading("Not checked").raw(notChecked.map((line) => `- ${line}`).join("\n"));
  const table = new Summary().table(
    ["binary", "architecture", "identifier", "team", "signed by", "timestamp", "macOS", "SDK"],
    binaries.map((row) => [
      `\`${row.path === "" ? row.file : `${row.file}: ${row.path}`}\``,
      row.architecture,
      row.identifier ?? "not signed",
      row.teamId ?? "-",
      row.authority ?? "-",
      row.timestamp ?? "-",
      row.minimumOs ?? "?",
      row.sdk ?? "?",
    ]),
  );
  if (binaries.length > 0) runner.summary.details(countOf(binaries.length, "binary", "binaries"), table);
}
