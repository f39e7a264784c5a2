import { createHash } from "node:crypto";
import { packTarGzip, readTarGzip } from "@release-actions/archive";
import { NpmError } from "./error.ts";

/** One file of a package. `path` is relative to the package. */
export interface PackageFile {
  readonly content: Uint8Array;
  readonly executable: boolean;
}

/** The files of a package, by their path in the package. */
export type PackageFiles = ReadonlyMap<string, PackageFile>;

/** Larger than any package that the public registry accepts. */
const MAX_PACKAGE_BYTES = 2 * 1024 ** 3;
/** Above this size the two highest compression levels of zlib take several times as long and save about 1 %. */
const LARGE_PACKAGE_BYTES = 8 * 1024 ** 2;
const LARGE_PACKAGE_LEVEL = 6;

/** Packs files below `package/` as `npm pack` does, with fixed times and owners: `package.json` first, the rest sorted by path. */
export async function packTarball(files: PackageFiles): Promise<Uint8Array> {
  const paths = [...files.keys()].filter((name) => name !== "package.json").sort();
  const packed = ["package.json", ...paths].map((name) => {
    const file = files.get(name);
    if (file === undefined) throw new NpmError("a package without a package.json cannot be packed");
    return { path: `package/${name}`, content: file.content, mode: file.executable ? 0o755 : 0o644 };
  });
  const total = packed.reduce((sum, { content }) => sum + content.length, 0);
  return await packTarGzip(packed, total > LARGE_PACKAGE_BYTES ? LARGE_PACKAGE_LEVEL : 9);
}

/** Reads a package that any tool has packed. The first folder of each path is dropped, whatever its name. */
export async function readTarball(bytes: Uint8Array, shown: string): Promise<PackageFiles> {
  const files = new Map<string, PackageFile>();
  const packed = readTarGzip(bytes, {
    maxBytes: MAX_PACKAGE_BYTES,
    tooLarge: () => new NpmError(`${shown} unpacks to more than ${MAX_PACKAGE_BYTES} bytes`),
    isLink: (path) => new NpmError(`${shown} holds a link, ${path}: npm would leave it out`),
  });
  for await (const { path, content, mode } of packed) {
    files.set(path.split("/").slice(1).join("/"), { content, executable: (mode & 0o111) !== 0 });
  }
  return files;
}

/** The value that the registry calls `dist.integrity` (W3C, "Subresource Integrity"). */
export function integrityOf(tarball: Uint8Array): string {
  return `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
}

/** The files in which two packages differ, by content or mode. */
export function differingFiles(one: PackageFiles, other: PackageFiles): readonly string[] {
  const paths = new Set([...one.keys(), ...other.keys()]);
  return [...paths]
    .filter((name) => {
      const [left, right] = [one.get(name), other.get(name)];
      if (left === undefined || right === undefined) return true;
      return left.executable !== right.executable || Buffer.compare(left.content, right.content) !== 0;
    })
    .sort();
}
