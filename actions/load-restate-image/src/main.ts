import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { readInputs } from "./inputs.ts";

void runAction(contract, async (runner) => {
  const started = performance.now();
  const inputs = readInputs(runner.inputs, runner.env["GITHUB_SHA"] ?? "");
  // Load the code for the engine and the network only after the inputs were found valid.
  const { createTransport, loadImage, prepareEngine, report } = await import("./work.ts");
  const { env, signal } = runner;
  const job = { env, signal, reporter: runner, transport: createTransport(env), run: runner.exec };
  const loaded = await loadImage(prepareEngine(inputs, job), inputs, job);
  report(runner, inputs.tags, loaded, performance.now() - started);
});
