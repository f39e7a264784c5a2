import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { sha512File } from "./sha512.ts";

test("the SHA-512 of a file is that of its content, and can be cancelled", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sha512-"));
  try {
    const file = path.join(folder, "abc");
    writeFileSync(file, "abc");
    // FIPS 180-2, appendix C.1.
    expect(await sha512File(file)).toMatch(/^ddaf35a193617abacc417349ae204131.*a54ca49f$/);
    await expect(sha512File(file, AbortSignal.abort())).rejects.toThrow("aborted");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
