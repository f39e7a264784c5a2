import path from "node:path";
import { changesFormatOnly, FIX_ADVICE } from "@release-actions/hakari";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Verdict } from "./check-hakari.ts";

const COMMANDS = "cargo hakari generate\ncargo hakari manage-deps";

/** The advice when only the format of the manifest differs: the check fails although nobody changed the code. */
function otherVersion(version: string): string {
  return (
    `The patch changes only how the manifest is written: cargo-hakari ${version} formats it differently from the version that wrote it. ` +
    "Set `version` to the one that the repository uses, or name it in .config/hakari.toml (`# cargo-hakari@0.9.36`); or adopt the new format with:"
  );
}

/** Sets the outputs, then writes the annotations and the summary with the fix, and fails the step if needed. */
export async function summarize(runner: ActionRunner, verdict: Verdict): Promise<void> {
  const { version, problems, patch, isFixed } = verdict;
  runner.setOutput("version", version);
  runner.setOutput("up-to-date", problems.length === 0);
  runner.setOutput("patch", patch?.file ?? "");
  runner.setOutput(
    "problems",
    problems.map(({ title, message, location }) => ({ title, message, file: location?.file, line: location?.line })),
  );
  if (problems.length === 0) {
    runner.info(`workspace-hack is up to date (cargo-hakari ${version})`);
    runner.summary.verdict("success", "workspace-hack is up to date");
    return;
  }
  for (const problem of problems) runner.problem(isFixed ? { ...problem, level: "notice" } : problem);
  const count = countOf(problems.length, "problem");
  if (isFixed) runner.summary.verdict("success", `workspace-hack was out of date and is fixed: ${count}`);
  else runner.summary.verdict("error", `workspace-hack is out of date: ${count}`);
  // Annotations repeat the advice; the summary gives it once, as the next step.
  const shown = problems.map(({ message, ...problem }) => ({
    ...problem,
    level: isFixed ? ("notice" as const) : problem.level,
    message: patch === undefined ? message : message.replace(` ${FIX_ADVICE}`, ""),
  }));
  runner.summary.findings(shown);
  if (patch !== undefined) {
    const isFormatOnly = changesFormatOnly(patch.text);
    if (isFormatOnly && !isFixed) runner.summary.text(otherVersion(version));
    const { uploadPatch } = await import("./upload-patch.ts");
    const artifact = await uploadPatch(patch.file, runner);
    const where = artifact === undefined ? "below" : `in the artifact \`${artifact}\` of this run and below`;
    if (isFixed) runner.summary.next(`Commit the changes. The same patch is ${where}.`);
    else {
      runner.summary.raw("**Next:** run these two commands and commit:").code(COMMANDS, "sh");
      runner.summary.raw(`or apply the patch, which is ${where}:`).code(`git apply ${path.basename(patch.file)}`, "sh");
    }
    runner.summary.details("The patch", `\n\`\`\`\`diff\n${patch.text}\n\`\`\`\`\n`);
    runner.info(patch.text);
  }
  if (!isFixed) {
    const advice =
      patch !== undefined && changesFormatOnly(patch.text)
        ? `${otherVersion(version)}\n${COMMANDS}`
        : `Run:\n${COMMANDS}`;
    runner.fail(`workspace-hack is out of date: ${count}, shown above`, advice);
  }
}
