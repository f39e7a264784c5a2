import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type ResultsService, resultsOfJob, type Upload, uploadArtifact } from "@release-actions/artifacts";
import { createTransport, type Transport } from "@release-actions/http";
import { openImageFile, writeTempFile } from "@release-actions/oci";
import { formatBytes } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { type CheckedFile, checkFile, requireUnchanged, shortPath } from "./check-file.ts";
import { exportImage } from "./export-image.ts";
import { summarizeImage, summarizeUpload } from "./summary.ts";

/** Checks the archive, or exports and checks the image, and uploads it. */
export async function saveRestateImage(runner: ActionRunner): Promise<void> {
  const transport = createTransport(runner.env);
  // Check this first: without an artifact service, the rest of the work would be lost.
  const results = resultsOfJob(runner.env, { transport });
  const file = await findFile(runner);
  const checked = await runner.group(`Checking ${shortPath(file)}`, () => checkFile(file, runner));
  summarizeImage(runner, checked);
  const upload = await runner.group(`Uploading ${formatBytes(checked.size)}`, () =>
    send(runner, checked, { results, transport }),
  );
  summarizeUpload(runner, checked, upload);
}

async function findFile(runner: ActionRunner): Promise<string> {
  const { image, path } = runner.inputs;
  if (image === undefined && (await isFolder(path))) return await packFolder(path, runner);
  if (image === undefined) return path;
  const file = join(await runner.tempFolder("image"), basename(path));
  await runner.group(`Exporting ${image}`, () => exportImage(image, file, runner));
  return file;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true; // Reading it later reports a missing file.
}

/** Packs an image folder into a tar, because the artifact has one file. */
async function packFolder(folder: string, runner: ActionRunner): Promise<string> {
  const file = join(await runner.tempFolder("image"), `${basename(folder).replace(/\.tar$/, "")}.tar`);
  const source = await openImageFile(folder);
  await runner.group(`Packing ${shortPath(folder)}`, () =>
    writeTempFile(file, source.read(0, source.size, runner.signal), runner.signal),
  );
  return file;
}

async function send(
  runner: ActionRunner,
  file: CheckedFile,
  service: { readonly results: ResultsService; readonly transport: Transport },
): Promise<Upload> {
  const { "artifact-name": name, "retention-days": retentionDays, format, "if-exists": ifExists } = runner.inputs;
  const options = { ...service, reporter: runner, signal: runner.signal };
  const upload = await uploadArtifact({ name, file: file.path, format, retentionDays, ifExists }, options);
  await requireUnchanged(file, async () => {
    if (!upload.reused) await service.results.remove(name, runner.signal);
  });
  return upload;
}
