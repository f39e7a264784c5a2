export interface CraftedArMember {
  /** The 16 characters of the header: `a.o/` (GNU), `#1/20` (BSD), `/` the symbol table, `//` the long names. */
  readonly name: string;
  readonly body?: string | Uint8Array;
  readonly time?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: string;
  /** The size to write instead of the body's real size. */
  readonly size?: string;
  /** Written instead of the two characters that end a header. */
  readonly end?: string;
}

/** An `ar` archive (`man 5 ar` of FreeBSD; GNU and System V, "Archive File" of the System V ABI). */
export function ar(members: readonly CraftedArMember[]): Buffer {
  const parts = members.map(
    ({ name, body = "", time = "0", uid = "0", gid = "0", mode = "644", size, end = "`\n" }) => {
      const bytes = Buffer.from(body);
      const fields = [name.padEnd(16), time.padEnd(12), uid.padEnd(6), gid.padEnd(6), mode.padEnd(8)];
      const header = `${fields.join("")}${(size ?? String(bytes.length)).padEnd(10)}${end}`;
      return Buffer.concat([Buffer.from(header, "latin1"), bytes, Buffer.from(bytes.length % 2 === 0 ? "" : "\n")]);
    },
  );
  return Buffer.concat([Buffer.from("!<arch>\n"), ...parts]);
}
