import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** The SHA-512 of a file, which some checksum lists have; in flat memory. */
export async function sha512File(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha512");
  await pipeline(createReadStream(file), hash, ...(signal === undefined ? [] : [{ signal }]));
  return hash.digest("hex");
}
