import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { TAR_END, tarHeader, tarPadding } from "@release-actions/archive";
import { createResultsService, uploadArtifact } from "@release-actions/artifacts";
import { createTransport } from "@release-actions/http";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Product } from "./products.ts";

/** Keeps the debug files as an artifact of this run: one `.tar.gz` of them all, as they are in the output folder. */
export async function keepArtifact(runner: ActionRunner, name: string, products: readonly Product[]): Promise<void> {
  const { env, signal, inputs } = runner;
  const [url, token] = [env["ACTIONS_RESULTS_URL"] ?? "", env["ACTIONS_RUNTIME_TOKEN"] ?? ""];
  if (url === "" || token === "") throw new Fault("the runner gives this step no artifact service");
  const file = path.join(await runner.tempFolder("debug-symbols"), "debug-symbols.tar.gz");
  await pipeline(tarOf(products, inputs.output), createGzip({ level: 1 }), createWriteStream(file), { signal });
  const transport = createTransport(env);
  const options = { results: createResultsService({ url, token, transport }), transport, reporter: runner, signal };
  await uploadArtifact({ name, file, format: "zip", retentionDays: 0, ifExists: "replace" }, options);
  runner.info(`kept the debug files as the artifact ${name}`);
}

async function* tarOf(products: readonly Product[], root: string): AsyncGenerator<Uint8Array> {
  for (const { debug, size } of products) {
    const place = path.relative(root, debug).split(path.sep).join("/");
    yield tarHeader({ kind: "file", path: place, size });
    yield* createReadStream(debug);
    yield tarPadding(size);
  }
  yield TAR_END;
}
