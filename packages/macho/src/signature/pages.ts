import { hash as hashOnce } from "node:crypto";
import type { MachoImage } from "../image.ts";
import type { CodeDirectory } from "./code-directory.ts";

/**
 * Hashes the pages as the kernel does when it maps them, and returns how the bytes of the file differ from those that
 * the CodeDirectory signs. Its hashes must cover all bytes up to the signature, since other bytes would be unsigned.
 */
export function pageFault(image: MachoImage, directory: CodeDirectory): string | undefined {
  const { codeLimit, pageHashes, hash } = directory;
  const expectedLimit = image.codeSignature?.offset ?? image.bytes.length;
  if (codeLimit !== expectedLimit) return `${codeLimit} bytes are signed, but it has ${expectedLimit}`;
  const end = Math.max(0, ...image.segments.map(({ fileOffset, fileSize }) => fileOffset + fileSize));
  if (end < image.bytes.length) return `there are ${image.bytes.length - end} bytes after its last segment`;
  const pageSize = directory.pageSize === 0 ? Math.max(codeLimit, 1) : directory.pageSize;
  const expected = Math.ceil(codeLimit / pageSize);
  if (pageHashes.length !== expected) return `${pageHashes.length} pages are signed, but it has ${expected}`;
  for (const [page, wanted] of pageHashes.entries()) {
    const offset = page * pageSize;
    const bytes = image.bytes.subarray(offset, Math.min(offset + pageSize, codeLimit));
    // A program has thousands of pages, and creating a hash object for each would take longer than the hashing.
    const digest = hashOnce(hash.algorithm, bytes, "buffer");
    if (digest.compare(wanted, 0, hash.size, 0, hash.size) !== 0)
      return `the ${hash.name} of page ${page}, at byte ${offset}, is not the signed one`;
  }
  return undefined;
}
