import type { Blake3Mode, EngineChoice } from "./hash-protocol.ts";
import { runJobs } from "./pool.ts";

export type { Blake3Mode } from "./hash-protocol.ts";

/** The BLAKE3 hash of some bytes, as 64 lowercase hex characters. For files use `hashFiles`. */
export async function blake3(
  bytes: Uint8Array | string,
  mode: Blake3Mode = { kind: "hash" },
  engine: EngineChoice = "fastest",
): Promise<string> {
  if (mode.kind === "keyed" && mode.key.length !== 32) {
    throw new RangeError(`a BLAKE3 key has 32 bytes, this one has ${mode.key.length}`);
  }
  const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  const [[hashes] = []] = await runJobs([{ kind: "bytes", bytes: data, mode }], { engine });
  if (hashes?.blake3 === undefined) throw new Error("a hashing thread returned no hash");
  return hashes.blake3;
}
