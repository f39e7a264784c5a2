// Writes DER (X.690) for certificates and messages in tests.

type Part = Uint8Array;

/** Encodes one value: tag, length in the shortest form, content. */
export function der(tag: number, ...parts: readonly Part[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

export const sequence = (...parts: readonly Part[]): Buffer => der(0x30, ...parts);
export const set = (...parts: readonly Part[]): Buffer => der(0x31, ...parts);
export const octets = (bytes: Part): Buffer => der(0x04, bytes);
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));
/** A bit string of whole bytes. */
export const bits = (bytes: Part): Buffer => der(0x03, Buffer.of(0), bytes);
/** Constructed, with a context-specific tag. */
export const context = (tag: number, ...parts: readonly Part[]): Buffer => der(0xa0 + tag, ...parts);
export const boolean = (value: boolean): Buffer => der(0x01, Buffer.of(value ? 0xff : 0));
export const NULL = der(0x05);

/** An integer of at most four bytes. */
export function integer(value: number): Buffer {
  for (let bytes = 1; ; bytes += 1) {
    if (value < -(2 ** (bytes * 8 - 1)) || value >= 2 ** (bytes * 8 - 1)) continue;
    const content = Buffer.alloc(bytes);
    content.writeIntBE(value, 0, bytes);
    return der(0x02, content);
  }
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const arcs = [first * 40 + second, ...rest].map((arc) => {
    const bytes = [arc % 0x80];
    for (let left = Math.floor(arc / 0x80); left > 0; left = Math.floor(left / 0x80))
      bytes.unshift((left % 0x80) | 0x80);
    return Buffer.from(bytes);
  });
  return der(0x06, ...arcs);
}

export const utcTime = (date: Date): Buffer => der(0x17, Buffer.from(`${digits(date).slice(2)}Z`));
export const generalizedTime = (date: Date): Buffer => der(0x18, Buffer.from(`${digits(date)}Z`));

function digits(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(/\D/g, "");
}
