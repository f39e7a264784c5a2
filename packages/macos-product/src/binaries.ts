import { createReadStream } from "node:fs";
import { open, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import {
  decompress,
  decompressXz,
  openFileSource,
  openZip,
  readZipEntry,
  StreamCursor,
  TarReader,
} from "@release-actions/archive";
import { isMacho } from "@release-actions/macho";
import { type Product, ProductError } from "./product.ts";

/** One Mach-O file of a product. */
export interface Binary {
  /** Inside the product, with `/`; empty when it is the product. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A binary is held in memory while it is checked. */
export const MAX_BINARY_BYTES = 1 << 30;

const MAGIC_BYTES = 8;

/** Every Mach-O file in a product, one at a time. Disk images and installers are not opened. */
export async function* readBinaries(product: Product, signal?: AbortSignal): AsyncGenerator<Binary, void, undefined> {
  switch (product.kind) {
    case "binary":
      yield { path: "", bytes: await readBinary(product.path) };
      return;
    case "bundle":
      yield* binariesOfFolder(product.path, "");
      return;
    case "zip":
      yield* binariesOfZip(product.path, signal);
      return;
    case "tar":
      yield* binariesOfTar(product, signal);
      return;
    case "disk-image":
    case "installer":
      return;
  }
}

/** The members of a tar as its reader sees them, whatever its compression. */
export function openTar({ path: file, compression }: Product, signal?: AbortSignal): TarReader {
  const bytes: AsyncIterable<Uint8Array> = createReadStream(file, { ...(signal === undefined ? {} : { signal }) });
  if (compression === "none") return new TarReader(new StreamCursor(bytes));
  return new TarReader(new StreamCursor(compression === "xz" ? decompressXz(bytes) : decompress(bytes, compression)));
}

async function* binariesOfTar(product: Product, signal?: AbortSignal): AsyncGenerator<Binary, void, undefined> {
  const reader = openTar(product, signal);
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    if (member.kind !== "file") continue;
    const bytes = await collectMacho(reader.body(), member.path, member.size);
    if (bytes !== undefined) yield { path: member.path, bytes };
  }
}

async function* binariesOfZip(file: string, signal?: AbortSignal): AsyncGenerator<Binary, void, undefined> {
  const source = await openFileSource(file);
  try {
    // Bundles have links inside; what they lead to is met anyway.
    for (const entry of await openZip(source, signal, "list")) {
      if (entry.kind !== "file" || entry.isLink) continue;
      const bytes = await collectMacho(readZipEntry(source, entry, signal), entry.path, entry.size);
      if (bytes !== undefined) yield { path: entry.path, bytes };
    }
  } finally {
    await source.close();
  }
}

async function* binariesOfFolder(root: string, prefix: string): AsyncGenerator<Binary, void, undefined> {
  const entries = await readdir(path.join(root, prefix), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    // Links inside a bundle lead to files of the bundle, which are met anyway.
    if (entry.isDirectory()) yield* binariesOfFolder(root, inside);
    else if (entry.isFile() && (await startsAsMacho(path.join(root, inside)))) {
      yield { path: inside, bytes: await readBinary(path.join(root, inside)) };
    }
  }
}

async function readBinary(file: string): Promise<Uint8Array> {
  const { size } = await stat(file);
  if (size > MAX_BINARY_BYTES) throw tooLarge(file, size);
  return await readFile(file);
}

function tooLarge(name: string, size: number): ProductError {
  return new ProductError(`${name} has ${size} bytes, more than the ${MAX_BINARY_BYTES} that are checked`);
}

async function startsAsMacho(file: string): Promise<boolean> {
  const handle = await open(file, "r");
  try {
    const head = Buffer.alloc(MAGIC_BYTES);
    const { bytesRead } = await handle.read(head, 0, MAGIC_BYTES, 0);
    return isMacho(head.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** The whole content when it is Mach-O; otherwise nothing is kept. */
async function collectMacho(
  body: AsyncIterable<Uint8Array>,
  name: string,
  size: number,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  let verdict: boolean | undefined;
  for await (const chunk of body) {
    if (verdict === false) continue; // Read on: the archive's own checks are at the end.
    parts.push(Uint8Array.from(chunk));
    length += chunk.length;
    if (verdict === undefined && length >= Math.min(MAGIC_BYTES, size)) {
      verdict = isMacho(Buffer.concat(parts).subarray(0, MAGIC_BYTES));
      if (verdict && size > MAX_BINARY_BYTES) throw tooLarge(name, size);
    }
  }
  return verdict === true ? Buffer.concat(parts) : undefined;
}
