import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { readInputs } from "./inputs.ts";

void runAction(contract, async (runner) => {
  const started = performance.now();
  const inputs = readInputs(runner.inputs, runner.env["GITHUB_SHA"] ?? "");
  // What works on an engine and the network is loaded when the inputs are known to be good.
  const { createTransport, loadImage, prepareEngine, report } = await import("./work.ts");
  const { env, signal } = runner;
  const job = { env, signal, reporter: runner, transport: createTransport(env), run: runner.exec };
  const loaded = await loadImage(prepareEngine(inputs, job), inputs, job);
  report(runner, inputs.tags, loaded, performance.now() - started);
});
