import { existsSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import path from "node:path";
import { type Compression, detectFormat, FORMAT_BYTES } from "@release-actions/archive";
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
  /** The compression of a tar. */
  readonly compression: "none" | Compression;
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
  const status = await stat(file);
  if (status.isDirectory()) {
    if (isBundle(file)) return { path: file, kind: "bundle", compression: "none" };
    throw new ProductError(`${file} is a folder, but not a bundle such as Example.app`, {
      advice: "Name the files in it, with a pattern such as `dist/*`.",
    });
  }
  const { head, tail } = await readEnds(file, status.size);
  if (isMacho(head)) return { path: file, kind: "binary", compression: "none" };
  if (isStaticLibrary(head)) return { path: file, kind: "static-library", compression: "none" };
  if (head.toString("latin1", 0, 4) === INSTALLER_MAGIC) return { path: file, kind: "installer", compression: "none" };
  if (tail.toString("latin1", 0, 4) === DISK_IMAGE_MAGIC)
    return { path: file, kind: "disk-image", compression: "none" };
  const format = detectFormat(head);
  if (format === "zip") return { path: file, kind: "zip", compression: "none" };
  if (format === "tar") return { path: file, kind: "tar", compression: "none" };
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

async function readEnds(file: string, size: number): Promise<{ head: Buffer; tail: Buffer }> {
  const handle = await open(file, "r");
  try {
    const head = Buffer.alloc(Math.min(size, FORMAT_BYTES));
    const tail = Buffer.alloc(Math.min(size, DISK_IMAGE_TRAILER_BYTES));
    await handle.read(head, 0, head.length, 0);
    await handle.read(tail, 0, tail.length, size - tail.length);
    return { head, tail };
  } finally {
    await handle.close();
  }
}
