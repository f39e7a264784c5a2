import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import type { Cluster } from "./byte-map.ts";
import { maskSource } from "./masked-source.ts";

const MARK = 'Go build ID: "';
/** Go's linker puts the id at the start of the code (cmd/internal/buildid, "readRaw"). */
const SEARCHED_BYTES = 32 * 1024;

/**
 * Finds the build id that Go's linker writes into the code. It is a digest of the build's inputs, including flags, so
 * it may be the only difference.
 */
export async function findGoBuildId(source: RandomAccessSource): Promise<Cluster | undefined> {
  const head = Buffer.from(await readExactly(source, 0, Math.min(SEARCHED_BYTES, source.size)));
  const mark = head.indexOf(MARK);
  if (mark < 0) return undefined;
  const start = mark + MARK.length;
  const end = head.indexOf('"', start);
  return end < 0 ? undefined : { start, end };
}

/** Machine code with Go's build id masked, which is too long to count as a changed address. */
export async function withoutGoBuildId(source: RandomAccessSource): Promise<RandomAccessSource> {
  const range = await findGoBuildId(source);
  return range === undefined ? source : maskSource(source, [range]);
}
