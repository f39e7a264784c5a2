import { Summary } from "@release-actions/action-kit";
import type { Upload } from "@release-actions/artifacts";
import type { Image } from "@release-actions/oci";
import { formatPlatform, normalizePlatform } from "@release-actions/platform";
import { countOf, formatBytes } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { type CheckedFile, shortPath } from "./check-file.ts";
import { zstdHint } from "./zstd-hint.ts";

/** Sets the outputs about the image, before the upload can fail, and describes the image. */
export function summarizeImage(runner: ActionRunner, file: CheckedFile): void {
  const { archive, size, hasEndBlocks, path } = file;
  const ids = archive.images.map((image) => [platformOf(image), image.config.digest]);
  const platforms = archive.images.map(platformOf);
  runner.setOutput("digest", archive.digest);
  runner.setOutput("image-ids", Object.fromEntries(ids));
  runner.setOutput("platforms", platforms);
  runner.setOutput("size", size);
  runner.info(`${shortPath(path)} is sound: ${archive.digest}, ${formatBytes(size)}, for ${platforms.join(", ")}`);
  if (archive.absentPlatforms.length > 0) {
    const absent = archive.absentPlatforms.map(formatPlatform).join(", ");
    runner.problem({ level: "notice", message: `The image also lists ${absent}, but the archive does not hold them.` });
  }
  const warn = (message: string): void => runner.problem({ level: "warning", message, location: { file: path } });
  for (const { denied } of archive.images) {
    if (denied === undefined) continue;
    warn(
      `${denied}. Jobs on the listed platform cannot load it; all others can. If it was built for another platform than its base image, set the platform of the build.`,
    );
  }
  for (const { error, platform } of archive.refused ?? []) {
    const who = platform === undefined ? "" : ` (${formatPlatform(platform)})`;
    warn(`One image of the archive${who} cannot be loaded by load-restate-image: ${error.message}.`);
  }
  if (!hasEndBlocks) {
    warn(
      `${shortPath(path)} lacks the end blocks of a tar. Everything that the image needs is there, but the file may be truncated.`,
    );
  }
}

/** Sets the outputs about the artifact, and writes the summary. */
export function summarizeUpload(runner: ActionRunner, file: CheckedFile, upload: Upload): void {
  const { archive } = file;
  const { "artifact-name": name, "retention-days": days } = runner.inputs;
  runner.setOutput("artifact-id", upload.id);
  runner.setOutput("artifact-digest", upload.digest ?? "");
  runner.info(`${upload.reused ? "found the same image as" : "uploaded"} artifact ${name} (id ${upload.id})`);
  const saved = upload.reused ? "already saved" : "saved";
  runner.summary.verdict("success", `Image ${saved} as artifact ${name}, ${formatBytes(file.size)}`).facts([
    ["digest", code(archive.digest)],
    ["names", archive.names.length === 0 ? "none" : archive.names.map(code).join("\n")],
    ["platforms", archive.images.map((image) => code(platformOf(image))).join(", ")],
    ["artifact", `${upload.id}${upload.reused ? ", reused: it has this very file" : ""}`],
    ["kept for", days === 0 ? "as the repository says" : countOf(days, "day")],
  ]);
  const hint = zstdHint(file);
  if (hint !== undefined) runner.summary.findings([{ level: "warning", message: hint }]);
  for (const image of archive.images) runner.summary.details(`Layers for ${platformOf(image)}`, layersTable(image));
}

function layersTable({ config, layers }: Image): Summary {
  const rows = layers.map(({ digest, diffId, size, compression }, index) => {
    const id = (digest ?? diffId).replace(/^(\w+:.{12}).*/, "$1");
    return [index + 1, `\`${id}\``, formatBytes(size), compression];
  });
  return new Summary().table(["", "layer", "size", "compression"], rows).text(`config ${code(config.digest)}`);
}

function platformOf({ platform }: Image): string {
  return formatPlatform(normalizePlatform(platform));
}

/** Text as a code span. A name may contain any characters; backticks and invisible ones are replaced. */
function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll(/[\p{Cc}\p{Cf}]/gu, "?")}\``;
}
