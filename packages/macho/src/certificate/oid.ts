/**
 * Converts the content bytes of a DER OBJECT IDENTIFIER (X.690, 8.19) to dotted form; `undefined` when they are
 * malformed. Requirements contain these bytes without the surrounding DER.
 */
export function decodeOid(bytes: Uint8Array): string | undefined {
  const last = bytes.at(-1);
  if (last === undefined || last >= 0x80) return undefined;
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const byte of bytes) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if (arc > MAX_ARC) return undefined;
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [head = 0n, ...rest] = arcs;
  const first = head < 40n ? 0n : head < 80n ? 1n : 2n;
  return [first, head - first * 40n, ...rest].join(".");
}

const MAX_ARC = 1n << 128n;
