/** A small 64-bit ELF program with a build id, for tests: with debug information, or stripped. */
export function elfWith(buildId: string, { debug }: { readonly debug: boolean }): Buffer {
  const id = Buffer.from(buildId, "hex");
  const note = Buffer.alloc(16 + id.length);
  [4, id.length, 3].forEach((value, index) => {
    note.writeUInt32LE(value, index * 4);
  });
  note.write("GNU\0", 12, "latin1");
  id.copy(note, 16);
  const names = ["", ".note.gnu.build-id", ...(debug ? [".debug_info"] : []), ".shstrtab"];
  const table = Buffer.from(`${names.join("\0")}\0`, "latin1");
  const info = Buffer.alloc(debug ? 32 : 0);
  const contents = [Buffer.alloc(0), note, ...(debug ? [info] : []), table];
  const types = [0, 7, ...(debug ? [1] : []), 3];
  let offset = 64;
  let name = 0;
  const headers = contents.map((content, index) => {
    const header = Buffer.alloc(64);
    header.writeUInt32LE(name, 0);
    header.writeUInt32LE(types[index] ?? 0, 4);
    header.writeBigUInt64LE(BigInt(offset), 24);
    header.writeBigUInt64LE(BigInt(content.length), 32);
    offset += content.length;
    name += (names[index] ?? "").length + 1;
    return header;
  });
  const head = Buffer.alloc(64);
  head.write("\x7fELF\x02\x01\x01", 0, "latin1");
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(62, 18);
  head.writeBigUInt64LE(BigInt(offset), 40);
  [64, headers.length, headers.length - 1].forEach((value, index) => {
    head.writeUInt16LE(value, 58 + index * 2);
  });
  return Buffer.concat([head, ...contents, ...headers]);
}
