import { FORMAT_BYTES, openZip, type PrefetchingSource, readExactly } from "@release-actions/archive";
import { formatOfImage, isCompanion, isWrapping, notATar } from "./archive-stream.ts";
import { ImageArchiveError } from "./error.ts";
import { TAIL_BYTES } from "./tail.ts";

/** The position of the tar in an artifact, or the reason why it can only be read from front to back. */
export type LocatedTar =
  | { readonly kind: "anywhere"; readonly source: PrefetchingSource }
  | { readonly kind: "sequential"; readonly why: string };

/** Finds the tar in an artifact, which is the file itself or the only file of a zip, as its content shows. */
export async function locateTar(source: PrefetchingSource, signal?: AbortSignal): Promise<LocatedTar> {
  // The tail of the tar usually comes with the zip's end records.
  source.prefetch(source.size - TAIL_BYTES, TAIL_BYTES);
  source.prefetch(0);
  if ((await formatOf(source, signal)) !== "zip") return await requireTar(source, signal);
  const files = (await openZip(source, signal)).filter(({ kind, path }) => kind === "file" && !isCompanion(path));
  const [file] = files;
  if (file === undefined) throw new ImageArchiveError("not-an-image", "the artifact's zip holds no file");
  if (files.length > 1) {
    const names = files.map(({ path }) => path).join(", ");
    throw new ImageArchiveError("ambiguous", `the artifact's zip holds ${names}; expected only the image archive`);
  }
  if (file.method !== "stored") return { kind: "sequential", why: "the artifact's zip is compressed" };
  return await requireTar(source.slice(file.dataOffset, file.size), signal);
}

async function requireTar(source: PrefetchingSource, signal?: AbortSignal): Promise<LocatedTar> {
  const format = await formatOf(source, signal);
  if (format === "tar") return { kind: "anywhere", source };
  if (!isWrapping(format)) throw notATar(format);
  return { kind: "sequential", why: `the archive is compressed with ${format} as a whole` };
}

async function formatOf(source: PrefetchingSource, signal?: AbortSignal) {
  return formatOfImage(await readExactly(source, 0, Math.min(FORMAT_BYTES, source.size), signal));
}
