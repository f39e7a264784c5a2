import { readdir } from "node:fs/promises";
import path from "node:path";
import { runAction } from "@release-actions/action-kit";
import { Fault } from "@release-actions/report";
import { readText } from "@release-actions/text";
import { contract } from "./action.gen.ts";
import type { WorkflowFile } from "./check-contract.ts";

void runAction(contract, async (runner) => {
  const { contract: file, workflows: folder } = runner.inputs;
  const [{ readContract }, { checkContract }] = await Promise.all([
    import("./contract.ts"),
    import("./check-contract.ts"),
  ]);
  const workspace = runner.env["GITHUB_WORKSPACE"] ?? process.cwd();
  const shown = (target: string): string => path.relative(workspace, target);
  const promises = readContract(readText(file, shown(file)), shown(file));
  const findings = await checkContract(promises, await readWorkflows(folder, shown));

  for (const { job, message, location } of findings) {
    runner.problem({ level: "error", title: `ci-contract: ${job}`, message: `${job}: ${message}`, location });
  }
  runner.setOutput("ok", findings.length === 0);
  runner.setOutput(
    "findings",
    findings.map(({ rule, job, message, location }) => ({
      rule,
      job,
      message,
      file: location.file,
      line: location.line,
    })),
  );
  const verdict = (job: string): string => {
    const own = findings.filter((finding) => finding.job === job);
    return own.length === 0 ? "✓" : own.map(({ message }) => message).join("; ");
  };
  runner.summary.heading("CI contract").table(
    ["job", "verdict"],
    promises.map(({ job }) => [job, verdict(job)]),
  );
  if (findings.length === 0) runner.info(`${promises.length} jobs are as ${shown(file)} promises`);
  else
    runner.fail(
      `${findings.length} findings against ${shown(file)}`,
      "Correct the workflow, or the contract where it is outdated.",
    );
});

async function readWorkflows(folder: string, shown: (target: string) => string): Promise<WorkflowFile[]> {
  const { isStepList } = await import("@release-actions/workflow");
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Fault(`there is no folder ${shown(folder)} with workflows`, {
      cause,
      advice: "Check out the repository first.",
    });
  });
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => path.join(folder, name))
    .map((file) => ({ file: shown(file), text: readText(file, shown(file)) }))
    .filter(({ file, text }) => !isStepList(text, file));
}
