import { type RandomAccessSource, scanTar, sliceSource } from "@release-actions/archive";

/** The files of an archive by their names. */
export type ImageFiles = ReadonlyMap<string, RandomAccessSource>;

/**
 * The files of a tar by name, without a leading `./`. If a name occurs more than once, the last file counts, as when
 * tar unpacks.
 */
export async function listFiles(tar: RandomAccessSource, signal?: AbortSignal): Promise<ImageFiles> {
  const files = new Map<string, RandomAccessSource>();
  const links: [string, string][] = [];
  for await (const { name, typeflag, linkName, offset, size } of scanTar(tar, signal)) {
    const path = name.replace(/^\.\//, "");
    if (typeflag === "0" || typeflag === "7") files.set(path, sliceSource(tar, offset, size));
    if (typeflag === "1" || typeflag === "2") links.push([path, linkName]);
  }
  // Older versions of `docker save` write equal layers as links.
  for (const [path, target] of links) {
    const found = findFileIn(files, target) ?? findFileIn(files, target.replace(/^(?:\.\.\/)+/, ""));
    if (found !== undefined) files.set(path, found);
  }
  return files;
}

export function findFileIn(files: ImageFiles, path: string): RandomAccessSource | undefined {
  return files.get(path.replace(/^\.\//, ""));
}
