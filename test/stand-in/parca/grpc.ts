/**
 * The parts of protobuf and gRPC that Parca's debuginfo service needs (protobuf.dev, "Encoding"; gRPC,
 * "gRPC over HTTP2"): unary calls and a stream of requests, uncompressed.
 */

/** Fields by number: numbers for varints, bytes for all other types. The last value of a field wins, as in protobuf. */
export type Fields = ReadonlyMap<number, number | Buffer>;

/** Status codes (grpc.io, "Status Codes"), by the names that Go's client prints. */
export const CODES = {
  Unknown: 2,
  InvalidArgument: 3,
  NotFound: 5,
  AlreadyExists: 6,
  FailedPrecondition: 9,
  Unimplemented: 12,
  Unavailable: 14,
  Unauthenticated: 16,
} as const;

export type Code = keyof typeof CODES;

export function codeName(status: number): string {
  return Object.entries(CODES).find(([, value]) => value === status)?.[0] ?? "Unknown";
}

/** Encodes fields, and leaves out those with their default value, as proto3 does. */
export function encode(fields: Readonly<Record<number, string | Buffer | number | boolean>>): Buffer {
  const parts = Object.entries(fields).flatMap(([number, value]) => {
    if (typeof value === "boolean" || typeof value === "number") {
      return Number(value) === 0 ? [] : [varint(Number(number) * 8), varint(Number(value))];
    }
    const bytes = Buffer.from(value);
    return bytes.length === 0 ? [] : [varint(Number(number) * 8 + 2), varint(bytes.length), bytes];
  });
  return Buffer.concat(parts);
}

export function decode(bytes: Buffer): Fields {
  const fields = new Map<number, number | Buffer>();
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = next();
    if (tag % 8 === 0) fields.set(Math.floor(tag / 8), next());
    else if (tag % 8 === 2) {
      const length = next();
      fields.set(Math.floor(tag / 8), bytes.subarray(at, at + length));
      at += length;
    } else throw new Error(`wire type ${tag % 8} is not used by this service`);
  }
  return fields;
}

export function textOf(fields: Fields, number: number): string {
  return String(fields.get(number) ?? "");
}

export function bytesOf(fields: Fields, number: number): Buffer | undefined {
  const value = fields.get(number);
  return typeof value === "number" ? undefined : value;
}

/** One message as it is sent: a 0 for "not compressed", the length, the bytes. */
export function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Splits a complete body into its messages. */
export function unframe(body: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + 5 <= body.length; ) {
    const end = at + 5 + body.readUInt32BE(at + 1);
    messages.push(body.subarray(at + 5, end));
    at = end;
  }
  return messages;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
