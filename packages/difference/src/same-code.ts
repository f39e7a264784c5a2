import type { RandomAccessSource } from "@release-actions/archive";
import { type ByteMap, mapBytes } from "./byte-map.ts";
import { withoutGoBuildId } from "./go-build-id.ts";

/** The size of an immediate operand or a displacement in machine code. */
const ADDRESS_BYTES = 4;

/** Whether machine code of equal size differs only in short places, as it does when the data that it refers to has moved. */
export function isSameButAddresses({ differing, length, longest }: ByteMap): boolean {
  return longest <= ADDRESS_BYTES && differing * 4 <= length;
}

/** Like `isSameButAddresses`, but ignores Go's build id in the code. `map` compares both sides unmasked. */
export async function hasSameCode(
  left: RandomAccessSource,
  right: RandomAccessSource,
  map: ByteMap,
  signal?: AbortSignal,
): Promise<boolean> {
  const [one, two] = [await withoutGoBuildId(left), await withoutGoBuildId(right)];
  return isSameButAddresses(one === left && two === right ? map : await mapBytes(one, two, signal));
}
