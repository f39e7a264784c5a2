import { type RandomAccessSource, scanTar, sliceSource } from "@release-actions/archive";

export interface ImageFile {
  readonly name: string;
  readonly source: RandomAccessSource;
}

/**
 * The files of a tar by name, without a leading `./`. If a name occurs more than once, the last file counts, as when
 * tar unpacks.
 */
export async function listFiles(tar: RandomAccessSource, signal?: AbortSignal): Promise<Map<string, ImageFile>> {
  const files = new Map<string, ImageFile>();
  const links: [string, string][] = [];
  for await (const { name, typeflag, linkName, offset, size } of scanTar(tar, signal)) {
    const path = name.replace(/^\.\//, "");
    if (typeflag === "0" || typeflag === "7") files.set(path, { name: path, source: sliceSource(tar, offset, size) });
    if (typeflag === "1" || typeflag === "2") links.push([path, linkName]);
  }
  // Older versions of `docker save` write equal layers as links.
  for (const [path, target] of links) {
    const found = findFileIn(files, target) ?? findFileIn(files, target.replace(/^(?:\.\.\/)+/, ""));
    if (found !== undefined) files.set(path, found);
  }
  return files;
}

export function findFileIn(files: ReadonlyMap<string, ImageFile>, path: string): ImageFile | undefined {
  return files.get(path.replace(/^\.\//, ""));
}
