import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  decompress,
  memorySource,
  StreamCursor,
  TAR_END,
  TarReader,
  tarHeader,
  tarPadding,
} from "@release-actions/archive";
import { NpmError } from "./error.ts";

/** One file of a package, by its path in it. */
export interface PackageFile {
  readonly content: Uint8Array;
  readonly executable: boolean;
}

export type PackageFiles = ReadonlyMap<string, PackageFile>;

/** Larger than anything the public registry takes. */
const MAX_PACKAGE_BYTES = 2 * 1024 ** 3;
const GZIP_OS_BYTE = 9;
const GZIP_OS_UNKNOWN = 255;

/** Packs as `npm pack` does, below `package/`, with fixed times and owners, `package.json` first and the rest sorted. */
export async function packTarball(files: PackageFiles): Promise<Uint8Array> {
  const paths = [...files.keys()].filter((name) => name !== "package.json").sort();
  const members = ["package.json", ...paths].flatMap((name) => {
    const file = files.get(name);
    if (file === undefined) throw new NpmError("a package without a package.json cannot be packed");
    const size = file.content.length;
    const mode = file.executable ? 0o755 : 0o644;
    return [tarHeader({ kind: "file", path: `package/${name}`, size, mode }), file.content, tarPadding(size)];
  });
  const bytes = await promisify(gzip)(Buffer.concat([...members, TAR_END]), { level: 9 });
  // zlib writes the system it was made for.
  bytes[GZIP_OS_BYTE] = GZIP_OS_UNKNOWN;
  return bytes;
}

/** Reads a package, whoever packed it: the first folder is dropped, whatever it is called. */
export async function readTarball(bytes: Uint8Array, shown: string): Promise<PackageFiles> {
  const reader = new TarReader(new StreamCursor(decompress(memorySource(bytes).read(0, bytes.length), "gzip")));
  const files = new Map<string, PackageFile>();
  let total = 0;
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    if (member.kind === "directory") continue;
    if (member.kind !== "file") throw new NpmError(`${shown} holds a link, ${member.path}: npm would leave it out`);
    total += member.size;
    if (total > MAX_PACKAGE_BYTES) throw new NpmError(`${shown} unpacks to more than ${MAX_PACKAGE_BYTES} bytes`);
    const body: Uint8Array[] = [];
    for await (const chunk of reader.body()) body.push(chunk);
    const name = member.path.split("/").slice(1).join("/");
    files.set(name, { content: Buffer.concat(body), executable: (member.mode & 0o111) !== 0 });
  }
  return files;
}

/** What the registry calls `dist.integrity` (W3C, "Subresource Integrity"). */
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
