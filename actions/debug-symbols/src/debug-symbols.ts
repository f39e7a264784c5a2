import { workspaceFolder } from "@release-actions/action-kit";
import { createTransport } from "@release-actions/http";
import { Fault, type Problem } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { PoorFileError, requireServed } from "./debuginfod.ts";
import { downloadScripts, writeScript } from "./download-script.ts";
import { keepArtifact } from "./keep-artifact.ts";
import { makeProducts, type Product } from "./products.ts";
import { provideProgram } from "./program.ts";
import { checkShipped } from "./shipped.ts";
import { type Stored, storeDebugFile } from "./store.ts";
import { type Fate, NONE, summarize } from "./summary.ts";

/**
 * Splits the binaries, uploads the debug files, and checks that they are served. A fault of a binary stops the step. A
 * fault of a service is reported, the debug files are kept, and the step fails only where they are required.
 */
export async function debugSymbols(runner: ActionRunner): Promise<void> {
  const { inputs } = runner;
  const workspace = workspaceFolder(runner.env);
  runner.setOutput("uploaded", false);
  const products = await runner.group("Splitting", () => makeProducts(runner, workspace));
  runner.setOutput("build-ids", Object.fromEntries(products.map(({ name, buildId }) => [name, buildId])));
  for (const { name, buildId } of products) runner.info(`${name} has the build id ${buildId}`);
  if (inputs.shipped.length > 0) {
    for (const [{ name }, places] of await checkShipped(products, inputs.shipped, workspace)) {
      runner.info(`${name} is shipped stripped, as ${places.join(", ")}`);
    }
  }
  await writeScripts(runner, products);

  const fates = products.map(
    (product): Fate => ({ product, stored: undefined, served: undefined, replace: undefined }),
  );
  const troubles = new Troubles(runner);
  await runner.group("Uploading", () => storeAll(runner, fates, troubles));
  const uploaded = fates.every(({ stored }) => stored !== undefined);
  runner.setOutput("uploaded", uploaded);
  if (!uploaded && inputs["artifact-name"] !== NONE) {
    await troubles.catch(() => keepArtifact(runner, inputs["artifact-name"], products));
  }
  await runner.group("Asking debuginfod", () => askAll(runner, fates, troubles));
  summarize(runner, fates, troubles.warnings);
}

/** Collects faults of services: each is a warning, or a failure when the debug files are required. */
class Troubles {
  readonly warnings: Problem[] = [];
  readonly #runner: ActionRunner;

  constructor(runner: ActionRunner) {
    this.#runner = runner;
  }

  report(message: string, advice?: string): void {
    if (this.#runner.inputs.required) this.#runner.fail(message, advice);
    else {
      const text = advice === undefined ? message : `${message}\n${advice}`;
      const warning: Problem = { level: "warning", title: "debug symbols", message: text };
      this.warnings.push(warning);
      this.#runner.problem(warning);
    }
  }

  /** Runs work whose failure must not stop the rest; returns undefined when it failed. */
  async catch<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#runner.signal.throwIfAborted();
      if (!(error instanceof Fault)) throw error;
      this.report(error.message, error.advice);
      return undefined;
    }
  }
}

async function writeScripts(runner: ActionRunner, products: readonly Product[]): Promise<void> {
  const { "debuginfod-url": server, "script-path": template, output } = runner.inputs;
  if (server === undefined) return;
  for (const script of downloadScripts(products, server, template)) {
    runner.info(`wrote ${await writeScript(script, output)}`);
  }
}

async function storeAll(runner: ActionRunner, fates: readonly Fate[], troubles: Troubles): Promise<void> {
  const { "store-address": address, token } = runner.inputs;
  if (address === NONE) return;
  if (token === undefined) {
    troubles.report(
      "the input `token` is empty: the debug files were not uploaded",
      "A secret that does not exist is passed as an empty string: check its name, and that this repository or environment has it.",
    );
    return;
  }
  const program = await troubles.catch(() => provideProgram(runner));
  if (program === undefined) return;
  const store = (product: Product, force: boolean): Promise<Stored> =>
    storeDebugFile(product, { program, token, force }, runner);
  // Only a debuginfod server can show what the store already has; without one, `force` replaces it at once.
  const force = runner.inputs.force && runner.inputs["debuginfod-url"] === undefined;
  for (const fate of fates) {
    fate.replace = async () => {
      fate.stored = await store(fate.product, true);
    };
    const stored = await troubles.catch(() => store(fate.product, force));
    if (stored === undefined) continue;
    fate.stored = stored;
    const { name } = fate.product;
    runner.info(stored === "sent" ? `uploaded ${name}` : `the store already has ${name}`);
  }
}

async function askAll(runner: ActionRunner, fates: readonly Fate[], troubles: Troubles): Promise<void> {
  const url = runner.inputs["debuginfod-url"];
  if (url === undefined) return;
  const { signal } = runner;
  const folder = await runner.tempFolder("served");
  const options = { url, transport: createTransport(runner.env), reporter: runner, signal, folder };
  for (const fate of fates) {
    if (fate.stored === undefined) continue;
    const { name, buildId } = fate.product;
    fate.served = await troubles.catch(async () => {
      try {
        await requireServed(buildId, options);
      } catch (error) {
        if (!(error instanceof PoorFileError) || fate.replace === undefined) throw error;
        if (!runner.inputs.force) throw poorStore(error, name);
        runner.info(`${error.message}: replacing it, as \`force\` says`);
        await fate.replace();
        await requireServed(buildId, { ...options, mayImprove: true });
      }
      return true;
    });
    if (fate.served) runner.info(`${new URL(url).host} serves ${name}`);
  }
}

function poorStore(error: PoorFileError, name: string): Fault {
  return new Fault(`the store has a different file for the debug file of ${name}: ${error.message}`, {
    cause: error,
    advice: "A different file with that build ID was uploaded earlier: set `force: true` to replace it.",
  });
}
