import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { countOf } from "@release-actions/report";
import { type Cause, cause } from "./cause.ts";

/** Bytes of the first differing place that are shown. */
const SHOWN_BYTES = 16;

/** Other content at a place, with the first bytes there. */
export async function differentBytes(
  left: RandomAccessSource,
  right: RandomAccessSource,
  at: number,
  place: string,
): Promise<Cause> {
  const show = async (source: RandomAccessSource): Promise<string> => {
    const bytes = Buffer.from(
      await readExactly(source, Math.min(at, source.size), Math.max(0, Math.min(SHOWN_BYTES, source.size - at))),
    );
    return `${bytes.toString("hex").replace(/(..)(?=.)/g, "$1 ") || "the end"} (of ${countOf(source.size, "byte")})`;
  };
  return cause("content", `${place}0x${at.toString(16)}`, await show(left), await show(right));
}
