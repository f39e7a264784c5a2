import { type ByteMap, mapBytes } from "./byte-map.ts";
import { withoutGoBuildId } from "./go-build-id.ts";
import { readBoth, type Sources } from "./pair.ts";

/** The size of an immediate operand or a displacement in machine code. */
const ADDRESS_BYTES = 4;

/** Whether machine code of equal size differs only in short places, as it does when the data that it refers to has moved. */
export function isSameButAddresses({ differing, length, longest }: ByteMap): boolean {
  return longest <= ADDRESS_BYTES && differing * 4 <= length;
}

/** Like `isSameButAddresses`, but ignores Go's build id in the code. `map` compares both sides unmasked. */
export async function hasSameCode(sources: Sources, map: ByteMap, signal?: AbortSignal): Promise<boolean> {
  const [one, two] = await readBoth(sources, withoutGoBuildId);
  return isSameButAddresses(one === sources[0] && two === sources[1] ? map : await mapBytes([one, two], signal));
}
