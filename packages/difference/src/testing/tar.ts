/** Fields of a header. Defaults are those of `tarFile` in the archive package. */
export interface CraftedTarMember {
  readonly name: string;
  readonly body?: string | Uint8Array;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly userName?: string;
  readonly groupName?: string;
  /** In seconds since 1970. */
  readonly mtime?: number;
  readonly typeflag?: string;
  readonly linkName?: string;
  readonly device?: readonly [major: number, minor: number];
  readonly form?: "ustar" | "gnu" | "v7";
  /** The bytes that fill the last block instead of zeros. */
  readonly padding?: number;
}

const MAGICS = { ustar: "ustar\u000000", gnu: "ustar  \0", v7: "" } as const;

/** A member with its header (POSIX.1-2017 pax, "ustar Interchange Format"). */
export function tarMember(member: CraftedTarMember): Buffer {
  const { name, body = "", mode = 0o644, uid = 0, gid = 0, mtime = 0, typeflag = "0", form = "ustar" } = member;
  const bytes = Buffer.from(body);
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  };
  block.write(name, 0);
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(gid, 116, 8);
  octal(bytes.length, 124, 12);
  octal(mtime, 136, 12);
  block.write(typeflag, 156, "latin1");
  block.write(member.linkName ?? "", 157);
  block.write(MAGICS[form], 257, "latin1");
  block.write(member.userName ?? "", 265);
  block.write(member.groupName ?? "", 297);
  for (const [index, number] of (member.device ?? []).entries()) octal(number, 329 + 8 * index, 8);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512, member.padding ?? 0)]);
}

/** A PAX header for the member that follows. */
export function pax(records: Readonly<Record<string, string>>, name = "PaxHeaders/x"): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    const length = [2, 3].map((digits) => rest + digits).find((sum) => rest + String(sum).length === sum) ?? rest + 1;
    return `${length} ${key}=${value}\n`;
  });
  return tarMember({ name, typeflag: "x", body: lines.join("") });
}

/** A whole archive that ends with `blocks` blocks of 512 zeros. */
export function tar(members: readonly Uint8Array[], blocks = 2): Buffer {
  return Buffer.concat([...members, Buffer.alloc(512 * blocks)]);
}
