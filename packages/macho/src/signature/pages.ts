import { hash as hashOnce } from "node:crypto";
import type { MachoImage } from "../image.ts";
import type { CodeDirectory } from "./code-directory.ts";

/** How the bytes of the file differ from the signed bytes. Offsets are relative to the image. */
export type PageFault =
  | { readonly kind: "limit"; readonly codeLimit: number; readonly expected: number }
  | { readonly kind: "trailing"; readonly bytes: number }
  | { readonly kind: "count"; readonly found: number; readonly expected: number }
  | { readonly kind: "page"; readonly page: number; readonly offset: number };

/**
 * Hashes the pages as the kernel does when it maps them, and returns the first that differs from the CodeDirectory. The
 * hashes must cover all bytes up to the signature, since other bytes would be unsigned.
 */
export function verifyPages(image: MachoImage, directory: CodeDirectory): PageFault | undefined {
  const { codeLimit, pageHashes, hash } = directory;
  const expectedLimit = image.codeSignature?.offset ?? image.bytes.length;
  if (codeLimit !== expectedLimit) return { kind: "limit", codeLimit, expected: expectedLimit };
  const end = Math.max(0, ...image.segments.map(({ fileOffset, fileSize }) => fileOffset + fileSize));
  if (end < image.bytes.length) return { kind: "trailing", bytes: image.bytes.length - end };
  const pageSize = directory.pageSize === 0 ? Math.max(codeLimit, 1) : directory.pageSize;
  const expected = Math.ceil(codeLimit / pageSize);
  if (pageHashes.length !== expected) return { kind: "count", found: pageHashes.length, expected };
  for (const [page, wanted] of pageHashes.entries()) {
    const offset = page * pageSize;
    const bytes = image.bytes.subarray(offset, Math.min(offset + pageSize, codeLimit));
    // A program has thousands of pages, and creating a hash object for each would take longer than the hashing.
    const digest = hashOnce(hash.algorithm, bytes, "buffer");
    if (digest.compare(wanted, 0, hash.size, 0, hash.size) !== 0) return { kind: "page", page, offset };
  }
  return undefined;
}
