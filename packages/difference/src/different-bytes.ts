import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { countOf } from "@release-actions/report";
import { type Cause, cause } from "./cause.ts";
import { readBoth, type Sources } from "./pair.ts";

/** How many bytes of the first difference are shown. */
const SHOWN_BYTES = 16;

/** The cause for bytes that differ without a known reason, with the first bytes of both sides. */
export async function differentBytes(sources: Sources, at: number, place: string): Promise<Cause> {
  const show = async (source: RandomAccessSource): Promise<string> => {
    const bytes = Buffer.from(
      await readExactly(source, Math.min(at, source.size), Math.max(0, Math.min(SHOWN_BYTES, source.size - at))),
    );
    return `${bytes.toString("hex").replace(/(..)(?=.)/g, "$1 ") || "the end"} (of ${countOf(source.size, "byte")})`;
  };
  return cause("content", `${place}0x${at.toString(16)}`, ...(await readBoth(sources, show)));
}
