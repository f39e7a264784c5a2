import path from "node:path";
import { buildEnv } from "@release-actions/command";
import type { ActionRunner } from "./action.gen.ts";
import { compareWithOthers } from "./compare-with-others.ts";
import { wrapCompilers } from "./compiler-wrappers.ts";
import { type Plan, planBuild } from "./plan.ts";
import { cargoConfigLines } from "./print-config.ts";
import { recordProducts } from "./record-products.ts";
import { cargoEnv, runCargo } from "./run-cargo.ts";
import { reportBuild, showProducts } from "./summary.ts";
import { verifyProducts } from "./verify.ts";

/** Plans, builds and verifies; if the inputs require it, builds again in another environment and compares. */
export async function buildReproducibly(runner: ActionRunner): Promise<void> {
  const { inputs } = runner;
  const { env, withheld } = buildEnv(runner.env);
  if (withheld.length > 0)
    runner.info(`Variables that are withheld from cargo because they look like secrets: ${withheld.join(", ")}`);
  const cwd = inputs["working-directory"];
  const plan = await planBuild(runner, env);
  runner.setOutput("source-date-epoch", plan.epoch);
  runner.setOutput("rustflags", plan.targets[0]?.rustflags.join(" ") ?? "");
  if (inputs.mode === "print") return printConfig(runner, plan);
  exportEnvironment(runner, plan);

  if (inputs.clean) await runner.exec("cargo", ["clean"], { cwd });
  const compilers =
    plan.cFlagsBy === "wrappers"
      ? await wrapCompilers(plan.remaps, env, await runner.tempFolder("compilers"))
      : undefined;
  const products = await runner.group("Building", () => runCargo({ ...plan, compilers }, env, runner));
  runner.setOutput(
    "binaries",
    products.map((product) => ({ ...product, path: path.relative(cwd, product.path) })),
  );
  const recorded = await recordProducts(products, plan, inputs.record, runner);
  runner.setOutput(
    "paths",
    products.map((product) => `${product.triple}/${path.basename(product.path)}=${product.path}`).join("\n"),
  );
  const context = [...recorded.manifest.context].map(([key, value]) => `${key}=${value.replaceAll("\n", "; ")}`);
  runner.setOutput("context", context.join("\n"));
  if (inputs.record !== undefined) runner.setOutput("manifest", inputs.record);
  const sizes = recorded.manifest.files.map((file) => (file.kind === "file" ? file.size : 0));
  reportBuild(runner, products, await verifyProducts(products, plan));
  try {
    if (inputs.builds > 1) await compareWithOthers(recorded, plan, runner);
  } finally {
    showProducts(runner.summary, plan, products, sizes);
  }
}

/** Exports the variables for later steps, such as a tool that starts cargo itself. */
function exportEnvironment(runner: ActionRunner, plan: Plan): void {
  for (const [name, value] of Object.entries(plan.env)) {
    if (name !== "SOURCE_DATE_EPOCH" || runner.inputs["export-epoch"]) runner.exportVariable(name, value);
  }
  const [first, ...others] = plan.targets.map((target) => cargoEnv(plan, target, {})["CARGO_ENCODED_RUSTFLAGS"] ?? "");
  if (first === undefined || others.some((flags) => flags !== first)) {
    runner.problem({
      level: "notice",
      message: "the targets have different flags, so none are exported to later steps",
    });
    return;
  }
  // Many tools read only RUSTFLAGS, but a flag with a space fits only into CARGO_ENCODED_RUSTFLAGS.
  if (/\s/.test(first)) runner.exportVariable("CARGO_ENCODED_RUSTFLAGS", first);
  else runner.exportVariable("RUSTFLAGS", first.replaceAll("\x1f", " "));
}

function printConfig(runner: ActionRunner, plan: Plan): void {
  const lines = cargoConfigLines(plan);
  runner.info(lines);
  runner.setOutput("config", lines);
  runner.summary.verdict("success", "Settings for .cargo/config.toml on this machine").code(lines, "toml");
}
