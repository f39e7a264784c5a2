import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import {
  type FileSource,
  joinSources,
  memorySource,
  openFileSource,
  type RandomAccessSource,
  TAR_END,
  tarFile,
  tarHeader,
  tarPadding,
} from "@release-actions/archive";
import { blobPath, digestOf } from "./digest.ts";
import { MAX_MANIFEST_BYTES, parseManifestKind } from "./documents.ts";
import { ImageArchiveError } from "./error.ts";
import { TRANSPORT_BLOB } from "./transport-folder.ts";

/** The name of a blob in an OCI layout, in the folder of its algorithm. */
const BLOB_NAME = /^(?:[0-9a-f]{64}|[0-9a-f]{128})$/;

/** Opens an image on this machine, which is an archive or a folder. A folder is read as if it had been packed into a tar. */
export async function openImageFile(file: string): Promise<FileSource> {
  return (await stat(file)).isDirectory() ? await openImageFolder(file) : await openFileSource(file);
}

/** A member of the tar: its content is the path of a file in the folder, or the bytes themselves. */
type Member = readonly [path: string, content: string | Uint8Array];

/**
 * An OCI layout (image-layout.md), as ko, umoci, crane and buildx write it, or what skopeo and podman write with `dir:`
 * (containers-transports(5)). Files that do not belong to the image are left out.
 */
async function openImageFolder(folder: string): Promise<FileSource> {
  const names = await readdir(folder);
  const members = names.includes("index.json")
    ? await layoutMembers(folder, names)
    : await transportMembers(folder, names);
  const parts = await Promise.all(members.map(partsOf));
  const source = joinSources([...parts.flat(), memorySource(TAR_END)]);
  return { ...source, close: async () => undefined, [Symbol.asyncDispose]: async () => undefined };
}

async function layoutMembers(folder: string, names: readonly string[]): Promise<readonly Member[]> {
  const algorithms = ["sha256", "sha512"];
  const blobs = await Promise.all(
    algorithms.map(async (algorithm) => {
      const found = await readdir(path.join(folder, "blobs", algorithm)).catch(() => []); // Most layouts use one of the two algorithms.
      return found.filter((name) => BLOB_NAME.test(name)).map((name) => `blobs/${algorithm}/${name}`);
    }),
  );
  const documents = ["index.json", "oci-layout"].filter((name) => names.includes(name));
  return [...blobs.flat().sort(), ...documents].map((name) => [name, path.join(folder, name)]);
}

async function transportMembers(folder: string, names: readonly string[]): Promise<readonly Member[]> {
  const version = names.includes("version") ? await readFile(path.join(folder, "version"), "utf8") : "";
  if (!version.startsWith("Directory Transport Version:") || !names.includes("manifest.json")) {
    throw new ImageArchiveError("not-an-image", `the folder ${folder} holds no image`, {
      advice:
        "Expected an archive, or a folder with an OCI layout: index.json, oci-layout and blobs, as `docker buildx build --output type=oci,tar=false,dest=<folder>` writes it.",
    });
  }
  const { size } = await stat(path.join(folder, "manifest.json"));
  if (size > MAX_MANIFEST_BYTES) {
    throw new ImageArchiveError("limit", `manifest.json has ${size} bytes, expected at most ${MAX_MANIFEST_BYTES}`);
  }
  const manifest = await readFile(path.join(folder, "manifest.json"));
  const digest = digestOf(manifest);
  const descriptor = { mediaType: parseManifestKind(manifest, "manifest.json"), digest, size };
  const blobs = names.flatMap((name): Member[] => {
    const [, algorithm = "sha256", hex] = TRANSPORT_BLOB.exec(name) ?? [];
    return hex === undefined ? [] : [[`blobs/${algorithm}/${hex}`, path.join(folder, name)]];
  });
  return [
    ...new Map<string, string | Uint8Array>([...blobs.sort(), [blobPath(digest), manifest]]),
    ["index.json", Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }))],
    ["oci-layout", Buffer.from(JSON.stringify({ imageLayoutVersion: "1.0.0" }))],
  ];
}

async function partsOf([name, content]: Member): Promise<readonly RandomAccessSource[]> {
  if (typeof content !== "string") return [memorySource(tarFile(name, content))];
  const { size } = await stat(content);
  const header = tarHeader({ kind: "file", path: name, size });
  return [memorySource(header), partOf(content, size), memorySource(tarPadding(size))];
}

/** A file that is open only while it is read, because a folder may have thousands of files. */
function partOf(file: string, size: number): RandomAccessSource {
  return {
    size,
    async *read(offset, length, signal) {
      const opened = await openFileSource(file);
      try {
        if (opened.size !== size) throw new Error(`${file} was changed while it was read`);
        yield* opened.read(offset, length, signal);
      } finally {
        await opened.close();
      }
    },
  };
}
