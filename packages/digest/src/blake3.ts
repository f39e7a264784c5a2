import type { EngineChoice } from "./hash-protocol.ts";
import { runJobs } from "./pool.ts";

/** The BLAKE3 hash of some bytes, as 64 lowercase hex characters. For files use `hashFiles`. */
export async function blake3(bytes: Uint8Array | string, engine: EngineChoice = "fastest"): Promise<string> {
  const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  const [[hashes] = []] = await runJobs([{ kind: "bytes", bytes: data }], { engine });
  if (hashes?.blake3 === undefined) throw new Error("a hashing thread returned no hash");
  return hashes.blake3;
}
