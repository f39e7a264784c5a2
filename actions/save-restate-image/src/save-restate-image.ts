import { basename, join } from "node:path";
import type { Runner } from "@release-actions/action-kit";
import { createResultsService, type Upload, uploadArtifact } from "@release-actions/artifacts";
import { createTransport } from "@release-actions/http";
import { Fault, formatBytes } from "@release-actions/report";
import type { contract } from "./action.gen.ts";
import { type CheckedFile, checkFile, requireUnchanged, shortPath } from "./check-file.ts";
import { exportImage } from "./export-image.ts";
import { tellImage, tellUpload } from "./tell.ts";

type SaveRunner = Runner<typeof contract>;

/** Checks the archive, or exports and checks the image, and uploads it. */
export async function saveRestateImage(runner: SaveRunner): Promise<void> {
  const service = serviceOf(runner);
  const file = await findFile(runner);
  const checked = await runner.group(`Checking ${shortPath(file)}`, () => checkFile(file, runner));
  tellImage(runner, checked);
  const upload = await runner.group(`Uploading ${formatBytes(checked.size)}`, () => send(runner, checked, service));
  tellUpload(runner, checked, upload);
}

async function findFile(runner: SaveRunner): Promise<string> {
  const { image, path } = runner.inputs;
  if (image === undefined) return path;
  const file = join(await runner.tempFolder("image"), basename(path));
  await runner.group(`Exporting ${image}`, () => exportImage(image, file, runner));
  return file;
}

interface Service {
  readonly url: string;
  readonly token: string;
}

/** Where the runner says its artifacts go. Asked for first: without it all else would be in vain (F94). */
function serviceOf({ env }: SaveRunner): Service {
  const [url, token] = [env["ACTIONS_RESULTS_URL"], env["ACTIONS_RUNTIME_TOKEN"]];
  if (url && token) return { url, token };
  const missing = url ? "ACTIONS_RUNTIME_TOKEN" : "ACTIONS_RESULTS_URL";
  throw new Fault(`the runner gives this step no artifact service: ${missing} is not set`, {
    advice: "Run this as a step with `uses:` on a GitHub runner; a server of one's own must support artifacts v4.",
  });
}

async function send(runner: SaveRunner, file: CheckedFile, service: Service): Promise<Upload> {
  const { "artifact-name": name, "retention-days": retentionDays, format, "if-exists": ifExists } = runner.inputs;
  const transport = createTransport(runner.env);
  const results = createResultsService({ ...service, transport });
  const options = { results, transport, reporter: runner, signal: runner.signal };
  const upload = await uploadArtifact({ name, file: file.path, format, retentionDays, ifExists }, options);
  await requireUnchanged(file, async () => {
    if (!upload.reused) await results.remove(name, runner.signal);
  });
  return upload;
}
