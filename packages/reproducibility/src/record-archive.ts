import { createWriteStream, mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  detectFormat,
  FORMAT_BYTES,
  findFile,
  indexTar,
  openZip,
  type RandomAccessSource,
  readExactly,
  sliceSource,
  storedSource,
  TAR_END,
  tarFile,
  tarHeader,
  tarPadding,
} from "@release-actions/archive";
import {
  ALGORITHMS,
  formatManifest,
  formatSums,
  type Manifest,
  parseManifest,
  SUMS_FILES,
} from "@release-actions/digest";
import { Fault } from "@release-actions/report";
import { type Build, buildOf } from "./build.ts";
import type { RecordedBuild } from "./record.ts";

const MANIFEST = "manifest.json";
const FILES = "files";
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

/** The manifest and, beside it, the lists that `b3sum --check` and `sha256sum --check` accept. */
function recordTexts(manifest: Manifest): Map<string, string> {
  const texts = new Map([[MANIFEST, formatManifest(manifest)]]);
  for (const algorithm of ALGORITHMS) {
    const entries = manifest.files.flatMap((file) =>
      file.kind === "file" && file.digests[algorithm] !== undefined
        ? [{ path: file.path, hex: file.digests[algorithm] }]
        : [],
    );
    if (entries.length > 0) texts.set(SUMS_FILES[algorithm], formatSums(entries));
  }
  return texts;
}

/** Writes the manifest, and the checksum lists beside it. Each file is renamed into place when it is complete. */
export function writeRecord(manifest: Manifest, file: string): void {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of recordTexts(manifest)) {
    const target = name === MANIFEST ? file : path.join(folder, name);
    writeFileSync(`${target}.partial`, text);
    renameSync(`${target}.partial`, target);
  }
}

/** Writes a tar with the texts of a record and, if differences are to be explained later, the files themselves. */
export async function writeRecordArchive(build: RecordedBuild, target: string, withFiles: boolean): Promise<void> {
  async function* content(): AsyncGenerator<Uint8Array> {
    for (const [name, text] of recordTexts(build.manifest)) yield tarFile(name, Buffer.from(text));
    for (const file of withFiles ? build.manifest.files : []) {
      await using source = file.kind === "file" ? await build.open(file.path) : undefined;
      if (source === undefined) continue;
      yield tarHeader({ kind: "file", path: `${FILES}/${file.path}`, size: source.size });
      yield* source.read(0, source.size);
      yield tarPadding(source.size);
    }
    yield TAR_END;
  }
  await pipeline(Readable.from(content()), createWriteStream(target));
}

/** Reads a record archive, which is a tar or the zip of an artifact that contains the tar. @throws Fault for anything else */
export async function openRecordArchive(name: string, source: RandomAccessSource): Promise<Build> {
  const tar = await unwrap(name, source);
  const { members } = await indexTar(tar);
  const manifestFile = findFile(members, MANIFEST);
  if (manifestFile === undefined) throw new Fault(`artifact ${name} is not a record of a build: it has no ${MANIFEST}`);
  if (manifestFile.size > MAX_MANIFEST_BYTES)
    throw new Fault(`artifact ${name} has a manifest of ${manifestFile.size} bytes`);
  const bytes = await readExactly(tar, manifestFile.offset, manifestFile.size);
  const manifest = parseManifest(Buffer.from(bytes).toString("utf8"), `${name}: ${MANIFEST}`);
  return buildOf(name, manifest, async (recorded) => {
    const file = findFile(members, `${FILES}/${recorded}`);
    if (file === undefined) return undefined;
    return { ...sliceSource(tar, file.offset, file.size), [Symbol.asyncDispose]: async () => undefined };
  });
}

async function unwrap(name: string, source: RandomAccessSource): Promise<RandomAccessSource> {
  const format = detectFormat(await readExactly(source, 0, Math.min(FORMAT_BYTES, source.size)));
  if (format === "tar") return source;
  const [entry, ...others] = format === "zip" ? await openZip(source) : [];
  const tar = entry === undefined || others.length > 0 ? undefined : storedSource(source, entry);
  if (tar === undefined)
    throw new Fault(`artifact ${name} is not a record of a build: it is ${format} and holds no single tar`);
  return tar;
}
