import { SourceCursor } from "./cursor.ts";
import type { RandomAccessSource } from "./source.ts";
import type { TarMember } from "./tar-member.ts";
import { TarReader } from "./tar-reader.ts";
import { type TolerantMember, TolerantTarReader } from "./tolerant-tar-reader.ts";

/** The members of a tar and where their bodies are. */
export interface TarIndex {
  /** By path, in the order of the archive. */
  readonly members: ReadonlyMap<string, TarMember>;
  /** False when the two blocks of zeros at the end of a tar are missing. */
  readonly hasEndBlocks: boolean;
}

/** A member that is a regular file. */
export type TarFile = Extract<TarMember, { kind: "file" }>;

/** Reads the headers of a tar and skips the bodies. */
export async function indexTar(source: RandomAccessSource): Promise<TarIndex> {
  return await walk(new TarReader(new SourceCursor(source)));
}

/**
 * Like `indexTar`, but accepts what Go's archive/tar accepts. Of members with the same name, the last one counts.
 * `onMember` is called for each member when it is found, so that a caller who can tell where the next ones are may fetch
 * them ahead.
 */
export async function indexTolerantTar(
  source: RandomAccessSource,
  options: {
    readonly signal?: AbortSignal;
    readonly onMember?: (member: TolerantMember) => void | Promise<void>;
  } = {},
): Promise<TarIndex> {
  return await walk(new TolerantTarReader(new SourceCursor(source, 0, options.signal)), options.onMember);
}

async function walk<T extends TarMember>(
  reader: { next(): Promise<T | undefined>; readonly hasEndBlocks: boolean },
  onMember?: (member: T) => void | Promise<void>,
): Promise<TarIndex> {
  const members = new Map<string, TarMember>();
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    members.set(member.path, member);
    await onMember?.(member);
  }
  return { members, hasEndBlocks: reader.hasEndBlocks };
}

/** The file at a path, after following links; undefined when there is none. */
export function findFile(members: ReadonlyMap<string, TarMember>, path: string): TarFile | undefined {
  let member = members.get(path);
  // The reader refuses loops, but a partial index may be used before the reader has found one.
  for (let hops = members.size; hops > 0 && member !== undefined; hops -= 1) {
    if (member.kind === "directory") return undefined;
    if (member.kind === "file") return member;
    member = members.get(member.target);
  }
  return undefined;
}
