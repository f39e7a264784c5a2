export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * A `Range` header (RFC 9110, 14.2) as one range of a body of `size` bytes. `undefined` where there is
 * none, or one this server may ignore: several ranges, or another unit.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (offset >= size) return "unsatisfiable";
  return end < offset ? undefined : { offset, length: end - offset + 1 };
}
