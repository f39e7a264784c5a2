import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { type Compression, detectFormat, FORMAT_BYTES, openFileSource, readExactly } from "@release-actions/archive";
import { isMacho, isStaticLibrary } from "@release-actions/macho";
import { Fault } from "@release-actions/report";
import { BUNDLE_EXTENSIONS } from "./bundle-layout.ts";
import { isCompression } from "./containers.ts";

/** The kinds of files that a release ships for macOS. Files are recognised by their content, not by their name. */
export type ProductKind =
  /** A single program or library. */
  | "binary"
  | "zip"
  | "tar"
  /** Object files in an `ar` archive, which are never signed. */
  | "static-library"
  /** A bundle: `.app`, `.framework`, `.bundle`, ... */
  | "bundle"
  | "disk-image"
  | "installer";

export interface Product {
  readonly path: string;
  readonly kind: ProductKind;
  /** The compression of a tar; absent if there is none. */
  readonly compression?: Compression;
}

/** A file that Apple's notary service does not accept, even when packed into a zip. */
export class ProductError extends Fault {
  override readonly name = "ProductError";
}

const INSTALLER_MAGIC = "xar!";
/** A disk image ends with this trailer (`koly` block). */
const DISK_IMAGE_TRAILER_BYTES = 512;
const DISK_IMAGE_MAGIC = "koly";

/**
 * Determines the kind of a product.
 *
 * @throws ProductError when it is not a product for macOS
 */
export async function openProduct(file: string): Promise<Product> {
  if ((await stat(file)).isDirectory()) {
    if (isBundle(file)) return { path: file, kind: "bundle" };
    throw new ProductError(`${file} is a folder, but not a bundle such as Example.app`, {
      advice: "Name the files in it, with a pattern such as `dist/*`.",
    });
  }
  const { head, tail } = await readEnds(file);
  if (isMacho(head)) return { path: file, kind: "binary" };
  if (isStaticLibrary(head)) return { path: file, kind: "static-library" };
  if (head.toString("latin1", 0, 4) === INSTALLER_MAGIC) return { path: file, kind: "installer" };
  if (tail.toString("latin1", 0, 4) === DISK_IMAGE_MAGIC) return { path: file, kind: "disk-image" };
  const format = detectFormat(head);
  if (format === "zip") return { path: file, kind: "zip" };
  if (format === "tar") return { path: file, kind: "tar" };
  if (isCompression(format)) return { path: file, kind: "tar", compression: format };
  const found = format === "unknown" ? `starts with ${head.toString("hex", 0, 4) || "nothing"}` : `is ${format}`;
  throw new ProductError(`${file} ${found}: expected a Mach-O file, .zip, .tar.gz, .tar.xz, .dmg, .pkg or .app`);
}

/** Whether a folder is a bundle, by its extension or by the folders of Apple's layouts. */
function isBundle(folder: string): boolean {
  const extension = path.extname(folder).toLowerCase();
  if (BUNDLE_EXTENSIONS.some((known) => known.toLowerCase() === extension)) return true;
  return existsSync(path.join(folder, "Contents", "Info.plist")) || existsSync(path.join(folder, "Contents", "MacOS"));
}

async function readEnds(file: string): Promise<{ head: Buffer; tail: Buffer }> {
  const source = await openFileSource(file);
  try {
    const headBytes = Math.min(source.size, FORMAT_BYTES);
    const tailBytes = Math.min(source.size, DISK_IMAGE_TRAILER_BYTES);
    const head = await readExactly(source, 0, headBytes);
    const tail = await readExactly(source, source.size - tailBytes, tailBytes);
    return { head: Buffer.from(head), tail: Buffer.from(tail) };
  } finally {
    await source.close();
  }
}
