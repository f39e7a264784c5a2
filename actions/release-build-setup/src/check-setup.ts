import path from "node:path";
import { readHakari } from "@release-actions/hakari";
import { countOf, Fault, type Problem } from "@release-actions/report";
import { readText } from "@release-actions/text";
import type { ActionRunner } from "./action.gen.ts";
import { requireNotice } from "./notice.ts";
import type { SetupPlan } from "./plan-setup.ts";

/** Reports how the job's environment and files differ from what `setup` would make of them. Changes nothing. */
export function checkSetup(runner: ActionRunner, plan: SetupPlan): void {
  const { inputs, env } = runner;
  const problems = [...variableProblems(plan, env)];
  if (inputs.hakari === "disable") problems.push(...hakariProblems(plan.cwd));
  const notice = path.resolve(plan.cwd, inputs["notice-file"]);
  if (plan.noticeCommand === undefined) runner.setOutput("notice", "");
  else {
    const found = asProblem(() => requireNotice(notice, plan.cwd));
    problems.push(...found);
    runner.setOutput("notice", found.length === 0 ? notice : "");
  }
  for (const problem of problems) runner.problem(problem);
  if (problems.length === 0) {
    runner.info("the job is set up as its sources require");
    const mark = plan.flags.warnings.length > 0 ? "warning" : "success";
    runner.summary.verdict(mark, `Release build: set up for ${plan.targets.join(", ")}, as the sources require`);
    return;
  }
  const said = `${countOf(problems.length, "setting differs", "settings differ")} from the sources`;
  const next = "Use this action with `mode: setup` in the build.";
  runner.summary.verdict("error", `Release build: ${said}`).findings(problems).next(next);
  runner.fail(`${said}, see above`, next);
}

function variableProblems({ variables }: SetupPlan, env: Readonly<Record<string, string | undefined>>): Problem[] {
  return variables.flatMap(({ name, value, from }): Problem[] => {
    const now = env[name];
    // An unset and an empty RUSTFLAGS mean the same when no file has flags.
    if (now === value || (name === "RUSTFLAGS" && value === "" && now === undefined)) return [];
    const found = now === undefined ? "is not set" : `is "${now}"`;
    return [{ level: "error", title: name, message: `${name} ${found}, expected "${value}" from ${from}` }];
  });
}

function hakariProblems(cwd: string): Problem[] {
  const hakari = readHakari(cwd);
  if (hakari === undefined || readText(hakari.manifest).includes("# Disabled by running `cargo hakari disable`"))
    return [];
  return [
    {
      level: "error",
      title: "hakari",
      message: "hakari is on: the release would build features that only other crates need",
      location: { file: hakari.manifest },
    },
  ];
}

function asProblem(body: () => void): Problem[] {
  try {
    body();
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [{ level: "error", message: error.message, location: error.location }];
  }
}
