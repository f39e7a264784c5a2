import { Buffer } from "node:buffer";
import { ArchiveError } from "./error.ts";
import { TarBlocks } from "./tar-blocks.ts";
import { parseHeader, type TarHeader, untilNul } from "./tar-header.ts";
import type { TarMember } from "./tar-member.ts";
import { paxRecords, paxSize } from "./tar-pax.ts";
import { MAX_EXTENSIONS, MAX_MEMBERS } from "./tar-reader.ts";
import { expandSparse, readGnuSparse, readPaxSparse, type SparseMap } from "./tar-sparse.ts";

/** A member of an archive, which may be a sparse file. */
export type TolerantMember = TarMember & {
  /** Whether the archive leaves out parts of the body, for which `body()` inserts zeros. */
  readonly isSparse: boolean;
};

/** The contents of the extended headers before a member. */
interface Said {
  pax: (readonly [string, string])[];
  longName?: string;
  longLink?: string;
  count: number;
}

/**
 * Reads a tar member by member like Go's archive/tar, with which Docker, containerd, podman and skopeo read images. It
 * accepts headers of Version 7, absolute names, sparse files, devices and repeated names, and ignores data after the
 * end. Use it only for archives that are not unpacked to disk, and `TarReader` for all others.
 */
export class TolerantTarReader extends TarBlocks {
  #members = 0;
  #sparse: SparseMap | undefined;
  #ended = false;

  /** The next file, folder or link; undefined at the end of the archive. Other members are skipped. */
  async next(): Promise<TolerantMember | undefined> {
    while (!this.#ended) {
      await this.skipBody();
      const member = await this.#readMember();
      if (member !== undefined && member.path !== "") return member;
    }
    return undefined;
  }

  /** The bytes of the member that `next()` returned last, including the zeros of a sparse file. */
  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#sparse === undefined) yield* this.cursor.stream(this.bodyLeft);
    else yield* expandSparse(this.#sparse, this.bodyLeft, this.cursor);
  }

  /** Reads a member; undefined when it is to be skipped, and at the end. */
  async #readMember(): Promise<TolerantMember | undefined> {
    const said: Said = { pax: [], count: 0 };
    for (;;) {
      const start = this.cursor.position;
      const block = await this.takeHeader();
      if (block === undefined) {
        this.#ended = true;
        await this.#drain();
        return undefined;
      }
      const header = parseHeader(block, start, { allowV7: true });
      if ("xgLK".includes(header.typeflag)) await this.#takeExtension(header, said, start);
      else return await this.#assemble(header, block, said, start);
    }
  }

  async #assemble(
    header: TarHeader,
    block: Uint8Array,
    said: Said,
    start: number,
  ): Promise<TolerantMember | undefined> {
    this.#members += 1;
    if (this.#members > MAX_MEMBERS) throw new ArchiveError("limit", `more than ${MAX_MEMBERS} members`);
    // As in Go, a record without a value does not override the header.
    const pax = new Map(said.pax.filter(([, value]) => value !== ""));
    const stated = pax.get("size");
    const size = stated === undefined ? header.size : paxSize(stated, start);
    const stored = "123456".includes(header.typeflag) ? 0 : size;
    const body = this.cursor.position;
    const sparse =
      header.typeflag === "S"
        ? await readGnuSparse(block, this.cursor)
        : await readPaxSparse(said.pax, stored, this.cursor);
    // The map of the old format is not a part of the body; the map of PAX 1.0 is.
    this.expectBody(header.typeflag === "S" ? this.cursor.position : body, stored);
    this.#sparse = sparse;
    const name = pax.get("GNU.sparse.name") ?? pax.get("path") ?? said.longName ?? textOf(header.name);
    const member = {
      path: cleanPath(name),
      mode: header.mode & 0o7777,
      offset: this.cursor.position,
      isSparse: sparse !== undefined,
      size: sparse?.realSize ?? stored,
    };
    // Version 7 has no type for folders, only a slash at the end of the name.
    if (["0", "\0", "7", "S"].includes(header.typeflag))
      return { ...member, kind: name.endsWith("/") ? "directory" : "file" };
    if (header.typeflag === "5") return { ...member, kind: "directory" };
    if (header.typeflag !== "1" && header.typeflag !== "2") return undefined;
    const link = pax.get("linkpath") ?? said.longLink ?? textOf(header.linkName);
    const isSymlink = header.typeflag === "2" && !link.startsWith("/");
    const target = cleanPath(isSymlink ? `${member.path.replace(/[^/]*$/, "")}${link}` : link);
    return { ...member, kind: header.typeflag === "1" ? "hardlink" : "symlink", target };
  }

  /** Reads to the end, so that the sender is not left waiting and a checksum of the stream can be verified. */
  async #drain(): Promise<void> {
    while ((await this.cursor.take(64 * 1024)).length > 0);
  }

  async #takeExtension(header: TarHeader, said: Said, start: number): Promise<void> {
    said.count += 1;
    if (said.count > MAX_EXTENSIONS) {
      throw new ArchiveError("limit", `more than ${MAX_EXTENSIONS} extended headers before one member`, start);
    }
    const bytes = await this.takeExtension(header, start);
    if (header.typeflag === "x") said.pax.push(...paxRecords(bytes, start));
    else if (header.typeflag === "L") said.longName = textOf(untilNul(bytes));
    else if (header.typeflag === "K") said.longLink = textOf(untilNul(bytes));
    // A global header (`g`) is about all members, such as a comment; nothing in it matters for an image.
  }
}

/** Cleans a path like Go's path.Clean below `/`: removes `.`, empty parts, and `..` that would leave the archive. */
function cleanPath(name: string): string {
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Decodes a name. Other encodings than UTF-8 are accepted, since an image never refers to a file with such a name. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
