export interface CraftedMachoSection {
  readonly segment: string;
  readonly name: string;
  readonly bytes: Uint8Array | string;
  /** Takes memory but no bytes of the file (S_ZEROFILL). */
  readonly isZeroFill?: boolean;
}

export interface CraftedMacho {
  readonly sections?: readonly CraftedMachoSection[];
  /** 16 bytes in hexadecimal. */
  readonly uuid?: string;
  /** The version of the SDK, such as 14. */
  readonly sdk?: number;
  /** Bytes of the signature, at the end of the file. */
  readonly signature?: Uint8Array | string;
  /** Other bytes of `__LINKEDIT`, before the signature. */
  readonly linkEdit?: Uint8Array | string;
  /** More load commands, as type and payload. */
  readonly commands?: readonly (readonly [type: number, payload: Uint8Array])[];
  readonly cpuType?: number;
  readonly wide?: boolean;
  readonly little?: boolean;
}

const LC_SEGMENT = 0x1;
const LC_SEGMENT_64 = 0x19;
const LC_UUID = 0x1b;
const LC_CODE_SIGNATURE = 0x1d;
const LC_BUILD_VERSION = 0x32;

/** A thin file, by default for arm64 (mach-o/loader.h): sections, `__LINKEDIT`, the signature. */
export function macho(parts: CraftedMacho): Buffer {
  const { sections = [], uuid, sdk, signature, linkEdit = "", commands = [], cpuType = 0x0100000c } = parts;
  const { wide = true, little = true } = parts;
  const words = (...values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, 4 * index);
    return little ? bytes : bytes.swap32();
  };
  const long = (value: number): Buffer => (!wide ? words(value) : little ? words(value, 0) : words(0, value));
  const name = (text: string): Buffer => Buffer.from(text.padEnd(16, "\0"));
  const command = (type: number, ...payload: readonly Uint8Array[]): Buffer => {
    const rest = Buffer.concat(payload);
    return Buffer.concat([words(type, 8 + rest.length), rest]);
  };
  const bodies = sections.map(({ bytes, isZeroFill = false }) => (isZeroFill ? Buffer.alloc(0) : Buffer.from(bytes)));
  const build = (start: number): Buffer[] => {
    let at = start;
    const described = sections.map(({ segment, name: own, bytes, isZeroFill = false }, index) => {
      const offset = at;
      at += bodies[index]?.length ?? 0;
      const fields = [name(own), name(segment), long(0), long(Buffer.from(bytes).length)];
      const rest = words(offset, 0, 0, 0, isZeroFill ? 1 : 0, 0, 0);
      return Buffer.concat([...fields, rest, ...(wide ? [words(0)] : [])]);
    });
    const segment = (own: string, offset: number, size: number, list: readonly Buffer[]): Buffer => {
      const fields = [name(own), long(0), long(size), long(offset), long(size), words(7, 5, list.length, 0)];
      return command(wide ? LC_SEGMENT_64 : LC_SEGMENT, ...fields, ...list);
    };
    const data = bodies.reduce((sum, body) => sum + body.length, 0);
    const rest = Buffer.from(linkEdit);
    const signed = Buffer.from(signature ?? "");
    return [
      segment("__TEXT", start, data, described),
      segment("__LINKEDIT", start + data, rest.length + signed.length, []),
      ...(uuid === undefined ? [] : [command(LC_UUID, Buffer.from(uuid, "hex"))]),
      ...(sdk === undefined ? [] : [command(LC_BUILD_VERSION, words(1, 11 << 16, sdk << 16, 0))]),
      ...commands.map(([type, payload]) => command(type, payload)),
      ...(signature === undefined
        ? []
        : [command(LC_CODE_SIGNATURE, words(start + data + rest.length, signed.length))]),
    ];
  };
  const headerSize = wide ? 32 : 28;
  const size = Buffer.concat(build(0)).length;
  const list = build(headerSize + size + 64);
  const header = words(wide ? 0xfeedfacf : 0xfeedface, cpuType, 0, 2, list.length, size, 0, ...(wide ? [0] : []));
  // Linkers leave space after the load commands, where signing adds a command.
  const room = Buffer.alloc(64);
  return Buffer.concat([header, ...list, room, ...bodies, Buffer.from(linkEdit), Buffer.from(signature ?? "")]);
}

/** A file for several architectures, each at a multiple of 16 (mach-o/fat.h). */
export function fat(images: readonly (readonly [cpuType: number, image: Buffer])[]): Buffer {
  const header = Buffer.alloc(8 + 20 * images.length);
  header.writeUInt32BE(0xcafebabe, 0);
  header.writeUInt32BE(images.length, 4);
  const parts: Buffer[] = [header];
  let at = header.length;
  for (const [index, [cpuType, image]] of images.entries()) {
    const padding = Buffer.alloc((16 - (at % 16)) % 16);
    at += padding.length;
    for (const [field, value] of [cpuType, 0, at, image.length, 4].entries())
      header.writeUInt32BE(value, 8 + 20 * index + 4 * field);
    parts.push(padding, image);
    at += image.length;
  }
  return Buffer.concat(parts);
}
