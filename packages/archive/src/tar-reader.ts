import { ArchiveError } from "./error.ts";
import { PathSet, quote } from "./member-path.ts";
import { TarBlocks } from "./tar-blocks.ts";
import { BLOCK_BYTES, parseHeader } from "./tar-header.ts";
import { addExtension, assembleMember, EXTENSION_KEYS, type Extensions, type TarMember } from "./tar-member.ts";

/** More members than any image has blobs, but few enough for memory. */
export const MAX_MEMBERS = 100_000;
/** The most extended headers before a member. It needs one of PAX, or two of GNU; a few comments may be among them. */
export const MAX_EXTENSIONS = 8;
/** The most zeros after the end: tar writes up to 10 KiB, and some tools pad to larger sizes. */
export const MAX_END_PADDING_BYTES = 1024 * 1024;

/**
 * Reads a tar member by member and refuses everything that two readers could understand differently. It accepts only
 * files, folders and links inside the archive, each path once, each number in range, and nothing after
 * the end. Read a member's body with `body()` before the next call of `next()`; otherwise it is skipped.
 *
 * This is our own code because tar-stream and node-tar accept what must be refused here: they take
 * the last of two equal names, ignore data after the end, and merge extended headers.
 */
export class TarReader extends TarBlocks {
  readonly #paths = new PathSet();
  readonly #links = new Map<string, { target: string; offset: number }>();
  readonly #leaves = new Set<string>();
  #members = 0;
  #ended = false;

  /** The next member, or undefined at the end of the archive. */
  async next(): Promise<TarMember | undefined> {
    if (this.#ended) return undefined;
    await this.skipBody();
    for (;;) {
      const member = await this.#readMember();
      if (member === undefined) {
        this.#ended = true;
        await this.#readEndPadding();
        this.#checkLinks();
        return undefined;
      }
      this.#register(member);
      // Skip the root folder itself, which `tar -C folder .` writes.
      if (member.path !== "") return member;
    }
  }

  /** The bytes of the member that `next()` returned last. */
  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.cursor.stream(this.bodyLeft);
  }

  async #readMember(): Promise<TarMember | undefined> {
    const extensions: Extensions = {};
    for (let count = 0; count <= MAX_EXTENSIONS; count += 1) {
      const start = this.cursor.position;
      const block = await this.takeHeader();
      if (block === undefined) {
        if (Object.keys(extensions).length === 0) return undefined;
        throw new ArchiveError("malformed", "no member follows an extended header", start);
      }
      const header = parseHeader(block, start);
      const key = EXTENSION_KEYS[header.typeflag];
      if (key === undefined) return assembleMember(header, extensions, start, this.cursor.position);
      addExtension(extensions, key, await this.takeExtension(header, start), start + BLOCK_BYTES);
    }
    const message = `more than ${MAX_EXTENSIONS} extended headers before one member`;
    throw new ArchiveError("limit", message, this.cursor.position);
  }

  async #readEndPadding(): Promise<void> {
    const chunkBytes = 16 * 1024;
    for (let total = 0; total <= MAX_END_PADDING_BYTES; total += chunkBytes) {
      const offset = this.cursor.position;
      const chunk = await this.cursor.take(chunkBytes);
      const first = chunk.findIndex((byte) => byte !== 0);
      if (first !== -1) {
        const message = "there is data after the end of the archive, such as an appended second archive";
        throw new ArchiveError("trailing-data", message, offset + first);
      }
      if (chunk.length < chunkBytes) return;
    }
    const message = `more than ${MAX_END_PADDING_BYTES} bytes of zeros follow the archive`;
    throw new ArchiveError("limit", message, this.cursor.position);
  }

  #register(member: TarMember): void {
    const { path, kind, offset } = member;
    this.#members += 1;
    if (this.#members > MAX_MEMBERS) throw new ArchiveError("limit", `more than ${MAX_MEMBERS} members`, offset);
    this.expectBody(offset, member.size);
    if (path === "") return;
    this.#paths.add(path, kind === "directory" ? "folder" : "leaf", offset);
    if (kind === "hardlink" && !this.#leaves.has(member.target)) {
      throw new ArchiveError("unsafe-name", `${quote(path)} links to no file before it`, offset);
    }
    if (kind === "symlink") this.#links.set(path, { target: member.target, offset });
    if (kind !== "directory") this.#leaves.add(path);
  }

  /** Checks that every symbolic link leads to a file in the archive, and not into a loop of links. */
  #checkLinks(): void {
    for (const [path, { target, offset }] of this.#links) {
      const seen = new Set([path]);
      let current = target;
      for (let link = this.#links.get(current); link !== undefined; link = this.#links.get(current)) {
        if (seen.has(current)) throw new ArchiveError("unsafe-name", `the link ${quote(path)} leads to itself`, offset);
        seen.add(current);
        current = link.target;
      }
      if (!this.#leaves.has(current)) {
        throw new ArchiveError("unsafe-name", `the link ${quote(path)} leads to no file of the archive`, offset);
      }
    }
  }
}
