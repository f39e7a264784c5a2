import type { RandomAccessSource } from "@release-actions/archive";
import { type ByteMap, mapBytes } from "./byte-map.ts";
import { withoutGoBuildId } from "./go-build-id.ts";

/** An immediate operand or a displacement in machine code, in bytes. */
const ADDRESS_BYTES = 4;

/** Whether machine code of equal size differs in short places only, as where it refers to data that has moved. */
export function isSameButAddresses({ differing, length, longest }: ByteMap): boolean {
  return longest <= ADDRESS_BYTES && differing * 4 <= length;
}

/** The same of code that may have Go's build id in it, which is not looked at; `map` is of both sides as they are. */
export async function hasSameCode(
  left: RandomAccessSource,
  right: RandomAccessSource,
  map: ByteMap,
  signal?: AbortSignal,
): Promise<boolean> {
  const [one, two] = [await withoutGoBuildId(left), await withoutGoBuildId(right)];
  return isSameButAddresses(one === left && two === right ? map : await mapBytes(one, two, signal));
}
