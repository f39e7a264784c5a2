import path from "node:path";
import type { CheckedImage, CheckedProduct } from "@release-actions/macos-product";

/** One architecture of one binary, as the output `binaries` lists it. */
export interface BinaryRow extends CheckedImage {
  readonly file: string;
  /** The path inside the archive or bundle; empty for a bare file. */
  readonly path: string;
}

export function describeBinaries({ product, binaries }: CheckedProduct): BinaryRow[] {
  const file = path.basename(product.path);
  return binaries.flatMap((binary) => binary.images.map((image) => ({ file, path: binary.path, ...image })));
}
