import { withoutWorkspace } from "@release-actions/action-kit";
import type { ActionRunner } from "./action.gen.ts";
import type { SetupPlan } from "./plan-setup.ts";

/** Sets the outputs that are known before the setup, and prints each value with its source. */
export function summarizePlan(runner: ActionRunner, { targets, flags, variables }: SetupPlan): void {
  runner.setOutput("rustflags", flags.rustflags);
  runner.setOutput("env", Object.fromEntries(variables.map(({ name, value }) => [name, value])));
  for (const message of flags.warnings) runner.problem({ level: "warning", message });
  runner.info(`targets: ${targets.join(", ")}`);
  runner.info(`configuration: ${flags.files.join(", ") || "none"}`);
  for (const { flag, from, fate } of flags.rows) runner.info(`  ${flag}  ${fate}, from ${from}`);
  for (const { name, value, from } of variables) runner.info(`  ${name}=${value}  from ${from}`);
  runner.summary
    .heading("Flags and variables")
    .findings(flags.warnings.map((message) => ({ level: "warning", message })))
    .table(
      ["flag", "from", "state"],
      flags.rows.map(({ flag, from, fate }) => [`\`${flag}\``, withoutWorkspace(from), fate]),
    )
    .table(
      ["variable", "value", "from"],
      variables.map(({ name, value, from }) => [
        `\`${name}\``,
        value === "" ? "empty" : `\`${value}\``,
        withoutWorkspace(from),
      ]),
    );
}
