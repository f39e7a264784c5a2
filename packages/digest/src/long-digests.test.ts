import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { longDigests } from "./long-digests.ts";

test("longDigests computes SHA-512 and BLAKE2b of a file, and can be cancelled", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "long-digests-"));
  try {
    const file = path.join(folder, "abc");
    writeFileSync(file, "abc");
    const digests = await longDigests(file, ["sha512", "blake2b"]);
    // FIPS 180-2, appendix C.1.
    expect(digests.sha512).toMatch(/^ddaf35a193617abacc417349ae204131.*a54ca49f$/);
    // RFC 7693, appendix A.
    expect(digests.blake2b).toMatch(/^ba80a53f981c4d0d6a2797b69f12f6e9.*d4009923$/);
    expect(Object.keys(await longDigests(file, ["sha512"]))).toEqual(["sha512"]);
    await expect(longDigests(file, ["sha512"], AbortSignal.abort())).rejects.toThrow("aborted");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
