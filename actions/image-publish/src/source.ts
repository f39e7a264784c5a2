import { stat } from "node:fs/promises";
import path from "node:path";
import { openFileSource, type PrefetchingSource, WindowedSource } from "@release-actions/archive";
import type { OpenArtifact } from "@release-actions/artifacts";
import type { Transport } from "@release-actions/http";
import { artifactContent, locateTar, openImageFile, openTarStream, writeTempFile } from "@release-actions/oci";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";

/** Opens the input `source` (a file, a folder or an artifact) as a tar with random access. */
export async function openSource(
  runner: ActionRunner,
  workspace: string,
  transport: Transport,
): Promise<PrefetchingSource> {
  const { inputs, signal } = runner;
  const file = path.resolve(workspace, inputs.source);
  const found = await stat(file).catch(() => undefined); // No such file: it is the name of an artifact.
  if (found?.isFile() === true || found?.isDirectory() === true) return await openTarFile(runner, file);
  const artifact = await findArtifact(runner, inputs.source, transport);
  if (artifact.kind === "ranged") {
    const located = await locateTar(new WindowedSource(artifact.source), signal);
    if (located.kind === "anywhere") return located.source;
  }
  return await unpack(runner, artifact.stream(signal));
}

/** Opens a tar on this machine, compressed or not, or the folder of an OCI layout. */
export async function openTarFile(runner: ActionRunner, file: string): Promise<PrefetchingSource> {
  const source = await openImageFile(file);
  runner.onExit(() => source.close());
  const located = await locateTar(new WindowedSource(source), runner.signal);
  if (located.kind === "anywhere") return located.source;
  return await unpack(runner, source.read(0, source.size, runner.signal));
}

/** Writes the tar to a temporary file, because each blob is pushed by itself, and some of them twice. */
async function unpack(runner: ActionRunner, bytes: AsyncIterable<Uint8Array>): Promise<PrefetchingSource> {
  const { bytes: tar } = await openTarStream(artifactContent(bytes));
  const file = path.join(await runner.tempFolder("image"), "image.tar");
  let done = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of tar) {
      done += chunk.length;
      runner.progress({ label: "unpacked", done, total: undefined, unit: "bytes" });
      yield chunk;
    }
  };
  await writeTempFile(file, counted(), runner.signal);
  const source = await openFileSource(file);
  runner.onExit(() => source.close());
  return new WindowedSource(source);
}

async function findArtifact(runner: ActionRunner, name: string, transport: Transport): Promise<OpenArtifact> {
  const { env, signal } = runner;
  const [url, token] = [env["ACTIONS_RESULTS_URL"] ?? "", env["ACTIONS_RUNTIME_TOKEN"] ?? ""];
  if (url === "" || token === "") {
    throw new Fault(`${name} is not a file, and the artifacts of this run cannot be reached`);
  }
  const { createResultsService, findInCurrentRun, openArtifact } = await import("@release-actions/artifacts");
  const location = await findInCurrentRun(createResultsService({ url, token, transport }), name, signal);
  return await openArtifact(location, { transport, reporter: runner, signal });
}
