import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { decompressAny, openFileSource, readExactly, StreamCursor, TarReader } from "@release-actions/archive";
import { isMacho, isStaticLibrary } from "@release-actions/macho";
import { isBundleFile } from "./bundle-layout.ts";
import { type Content, examine, MAX_BINARY_BYTES, membersOfTar, membersOfZip } from "./containers.ts";
import type { Product } from "./product.ts";

/**
 * Reads everything in a product that matters for its signatures, one item at a time. Archives and nested archives are
 * opened, as Apple does; disk images and installers are not.
 *
 * @throws ArchiveError when the product itself is an archive that cannot be read
 */
export async function* readContents(product: Product, signal?: AbortSignal): AsyncGenerator<Content, void, undefined> {
  switch (product.kind) {
    case "binary":
      yield await readBinary(product.path, "");
      return;
    case "bundle":
      yield* contentsOfFolder(product.path, "");
      return;
    case "zip": {
      const source = await openFileSource(product.path);
      try {
        yield* membersOfZip(source, { path: "", depth: 1, signal });
      } finally {
        await source.close();
      }
      return;
    }
    case "tar":
      yield* contentsOfStream(product, signal);
      return;
    case "static-library":
      yield { kind: "static-library", path: "" };
      return;
    case "disk-image":
    case "installer":
      yield { kind: "not-opened", path: "", reason: "disk images and installers are not opened" };
      return;
  }
}

/** Opens a tar with any compression for unpacking. The reader refuses paths that lead out of the folder. */
export function openTar(product: Product, signal?: AbortSignal): TarReader {
  return new TarReader(new StreamCursor(decompressed(product, signal)));
}

function decompressed({ path: file, compression }: Product, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  const bytes: AsyncIterable<Uint8Array> = createReadStream(file, { ...(signal === undefined ? {} : { signal }) });
  return compression === undefined ? bytes : decompressAny(bytes, compression);
}

/** Reads a compressed file, which contains a tar or a single program. */
async function* contentsOfStream(product: Product, signal?: AbortSignal): AsyncGenerator<Content, void, undefined> {
  const place = { path: "", depth: 1, signal };
  if (await isCompressedBinary(product)) yield* examine(decompressed(product, signal), place);
  else yield* membersOfTar(decompressed(product, signal), place);
}

async function isCompressedBinary(product: Product): Promise<boolean> {
  if (product.compression === undefined) return false;
  let head = Buffer.alloc(0);
  for await (const chunk of decompressed(product)) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= MAGIC_BYTES) break;
  }
  return isMacho(head) || isStaticLibrary(head);
}

async function* contentsOfFolder(root: string, prefix: string): AsyncGenerator<Content, void, undefined> {
  const entries = await readdir(path.join(root, prefix), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    const file = path.join(root, inside);
    // Links are skipped: in a bundle they lead to files of the bundle, which are read anyway.
    if (entry.isDirectory()) yield* contentsOfFolder(root, inside);
    else if (entry.isFile()) {
      if (isBundleFile(inside)) yield { kind: "bundle-file", path: inside, bytes: await readFile(file) };
      else if (isMacho(await readHead(file))) yield await readBinary(file, inside);
      else yield* examine(createReadStream(file), { path: inside, depth: 1 });
    }
  }
}

async function readBinary(file: string, inside: string): Promise<Content> {
  const { size } = await stat(file);
  if (size <= MAX_BINARY_BYTES) return { kind: "binary", path: inside, bytes: await readFile(file) };
  const reason = `it has ${size} bytes, more than the ${MAX_BINARY_BYTES} that are checked`;
  return { kind: "not-opened", path: inside, reason };
}

const MAGIC_BYTES = 8;

async function readHead(file: string): Promise<Uint8Array> {
  const source = await openFileSource(file);
  try {
    return await readExactly(source, 0, Math.min(source.size, MAGIC_BYTES));
  } finally {
    await source.close();
  }
}
