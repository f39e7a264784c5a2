import { Buffer } from "node:buffer";
import { countOf } from "@release-actions/report";
import type { Cursor } from "./cursor.ts";
import { ArchiveError } from "./error.ts";
import { BLOCK_BYTES, isZeroBlock, paddingAfter, parseHeader, type TarHeader } from "./tar-header.ts";
import type { TarMember } from "./tar-member.ts";
import { paxRecords } from "./tar-pax.ts";
import { MAX_EXTENSION_BYTES, MAX_EXTENSIONS, MAX_MEMBERS } from "./tar-reader.ts";
import { expandSparse, readGnuSparse, readPaxSparse, type SparseMap } from "./tar-sparse.ts";

/** A member, and whether its body stands in the archive as it is read. */
export type TolerantMember = TarMember & {
  /** Parts of the body are left out in the archive: `body()` puts the zeros back. */
  readonly isSparse: boolean;
};

/** What the headers in front of a member say of it. */
interface Said {
  pax: (readonly [string, string])[];
  longName: string | undefined;
  longLink: string | undefined;
  count: number;
}

/**
 * Reads a tar member by member as Go's archive/tar does, with which Docker, containerd, podman and skopeo read images:
 * headers of Version 7, absolute names, sparse files, devices and names that come twice are not a reason to stop, and
 * what follows the end is left alone. For archives of which nothing is unpacked; `TarReader` is for those that are.
 */
export class TolerantTarReader {
  readonly #cursor: Cursor;
  #members = 0;
  #bodyLeft = 0;
  #padding = 0;
  #sparse: SparseMap | undefined;
  #ended = false;
  #hasEndBlocks = false;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** After `next()` has returned undefined: whether the two blocks of zeros were there that end a tar. */
  get hasEndBlocks(): boolean {
    return this.#hasEndBlocks;
  }

  /** The next file, folder or link, or undefined at the end of the archive. Anything else is passed over. */
  async next(): Promise<TolerantMember | undefined> {
    while (!this.#ended) {
      await this.#cursor.skip(this.#bodyLeft + this.#padding);
      this.#bodyLeft = this.#padding = 0;
      const member = await this.#readMember();
      if (member !== undefined && member.path !== "") return member;
    }
    return undefined;
  }

  /** The bytes of the member that `next()` returned last, with the zeros that a sparse one leaves out. */
  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    const length = this.#bodyLeft;
    this.#bodyLeft = 0;
    if (this.#sparse === undefined) {
      yield* this.#cursor.stream(length);
      return;
    }
    const start = this.#cursor.position;
    yield* expandSparse(this.#sparse, this.#cursor);
    await this.#cursor.skip(Math.max(0, start + length - this.#cursor.position));
  }

  /** Undefined for a member that is passed over, and at the end. */
  async #readMember(): Promise<TolerantMember | undefined> {
    const said: Said = { pax: [], longName: undefined, longLink: undefined, count: 0 };
    for (;;) {
      const start = this.#cursor.position;
      const block = await this.#takeHeader(start);
      if (block === undefined) return undefined;
      const header = parseHeader(block, start, { allowV7: true });
      if ("xgLK".includes(header.typeflag)) await this.#takeExtension(header, said, start);
      else return await this.#assemble(header, block, said);
    }
  }

  async #assemble(header: TarHeader, block: Uint8Array, said: Said): Promise<TolerantMember | undefined> {
    this.#members += 1;
    if (this.#members > MAX_MEMBERS) throw new ArchiveError("limit", `more than ${MAX_MEMBERS} members`);
    const pax = new Map(said.pax);
    const stated = Number(pax.get("size") ?? header.size);
    const isFile = ["0", "\0", "7", "S"].includes(header.typeflag);
    const stored =
      !isFile && "123456".includes(header.typeflag) ? 0 : Number.isSafeInteger(stated) ? stated : header.size;
    const sparse =
      header.typeflag === "S" ? await readGnuSparse(block, this.#cursor) : await readPaxSparse(said.pax, this.#cursor);
    const mapBytes = sparse !== undefined && "mapBytes" in sparse ? Number(sparse.mapBytes) : 0;
    this.#sparse = sparse;
    this.#bodyLeft = stored - mapBytes;
    this.#padding = paddingAfter(stored);
    const name = pax.get("GNU.sparse.name") ?? pax.get("path") ?? said.longName ?? textOf(header.name);
    const member = {
      path: cleanPath(name),
      mode: header.mode & 0o7777,
      offset: this.#cursor.position,
      isSparse: sparse !== undefined,
      size: sparse?.realSize ?? stored,
    };
    // Version 7 has no type for a folder, only the slash at the end of its name.
    if (isFile) return { ...member, kind: name.endsWith("/") ? "directory" : "file" };
    if (header.typeflag === "5") return { ...member, kind: "directory" };
    if (header.typeflag !== "1" && header.typeflag !== "2") return undefined;
    const link = pax.get("linkpath") ?? said.longLink ?? textOf(header.linkName);
    const isSymlink = header.typeflag === "2" && !link.startsWith("/");
    const target = cleanPath(isSymlink ? `${member.path.replace(/[^/]*$/, "")}${link}` : link);
    return { ...member, kind: header.typeflag === "1" ? "hardlink" : "symlink", target };
  }

  /** A header block, or undefined at the end of the archive. */
  async #takeHeader(start: number): Promise<Uint8Array | undefined> {
    const block = await this.#cursor.take(BLOCK_BYTES);
    if (block.length === 0) {
      if (start === 0) throw new ArchiveError("cut", "the archive is empty: it has no bytes at all", 0);
      this.#ended = true;
      return undefined;
    }
    if (block.length < BLOCK_BYTES) {
      throw new ArchiveError(
        "cut",
        `the archive ends inside a header, after ${countOf(block.length, "byte")} of it`,
        start,
      );
    }
    if (!isZeroBlock(block)) return block;
    const second = await this.#cursor.take(BLOCK_BYTES);
    if (!isZeroBlock(second)) {
      throw new ArchiveError("trailing-data", "there is more after a block that ends the archive", start + BLOCK_BYTES);
    }
    this.#ended = true;
    this.#hasEndBlocks = second.length === BLOCK_BYTES;
    await this.#drain();
    return undefined;
  }

  /** Reads on to the end: whoever sends the bytes must not be left hanging, and their sum may be checked. */
  async #drain(): Promise<void> {
    while ((await this.#cursor.take(64 * 1024)).length > 0);
  }

  async #takeExtension(header: TarHeader, said: Said, start: number): Promise<void> {
    said.count += 1;
    if (header.size > MAX_EXTENSION_BYTES || said.count > MAX_EXTENSIONS) {
      throw new ArchiveError("limit", `${said.count} extended headers, the last of ${header.size} bytes`, start);
    }
    const length = header.size + paddingAfter(header.size);
    const body = await this.#cursor.take(length);
    if (body.length < length) throw new ArchiveError("cut", "the archive ends inside an extended header", start);
    const bytes = body.subarray(0, header.size);
    if (header.typeflag === "x") said.pax.push(...paxRecords(bytes, start));
    else if (header.typeflag === "L") said.longName = textOf(untilNul(bytes));
    else if (header.typeflag === "K") said.longLink = textOf(untilNul(bytes));
    // A global header (`g`) sets what concerns all members, such as a comment; none of it tells an image.
  }
}

/** As Go's path.Clean below the root: no `.`, no empty part, and what would leave the archive stays in it. */
function cleanPath(name: string): string {
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** A name that is not UTF-8 names no file that an image refers to; it only must not stop the reading. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}
