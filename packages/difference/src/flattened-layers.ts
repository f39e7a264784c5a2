import { detectFormat, FORMAT_BYTES, type RandomAccessSource, readExactly, scanTar } from "@release-actions/archive";
import type { Context } from "./context.ts";
import { isCompression } from "./explain-compressed.ts";
import { toMember } from "./explain-tar.ts";
import type { Member } from "./members.ts";
import { type TemporarySource, unpack } from "./spool.ts";

/**
 * Whiteouts mark removed files and folders; opaque whiteouts hide everything that lower layers have in a folder (OCI
 * image-spec, layer.md, "Whiteouts").
 */
const REMOVED = /(^|\/)\.wh\.(?!\.wh\.)([^/]+)$/;
const OPAQUE = /(^|\/)\.wh\.\.wh\.\.opq$/;

export interface FlattenedLayers extends AsyncDisposable {
  /** The files that a container sees: the last member of each name, sorted by name. */
  readonly members: readonly Member[];
}

/** Applies the layers of an image in order and returns the resulting files. */
export async function flattenLayers(layers: readonly RandomAccessSource[], context: Context): Promise<FlattenedLayers> {
  const members = new Map<string, Member>();
  await using opened = new AsyncDisposableStack();
  for (const layer of layers) {
    const tar = opened.use(await openLayer(layer, context));
    const own: Member[] = [];
    for await (const scanned of scanTar(tar, context.signal)) {
      const member = toMember(tar, scanned);
      own.push({ ...member, name: member.name.replace(/^\.\//, "") });
    }
    // Whiteouts affect only lower layers, at whatever position they are in this one.
    for (const { name } of own) {
      const folder = name.slice(0, name.lastIndexOf("/") + 1);
      const removed = REMOVED.exec(name)?.[2];
      if (OPAQUE.test(name)) removeBelow(members, folder);
      else if (removed !== undefined) {
        members.delete(folder + removed);
        removeBelow(members, `${folder}${removed}/`);
      }
    }
    for (const member of own)
      if (!OPAQUE.test(member.name) && !REMOVED.test(member.name)) members.set(member.name, member);
  }
  const sorted = [...members.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const inUse = opened.move();
  return { members: sorted, [Symbol.asyncDispose]: () => inUse.disposeAsync() };
}

function removeBelow(members: Map<string, Member>, folder: string): void {
  for (const name of members.keys()) if (name.startsWith(folder)) members.delete(name);
}

async function openLayer(source: RandomAccessSource, context: Context): Promise<TemporarySource> {
  const format = detectFormat(await readExactly(source, 0, Math.min(FORMAT_BYTES, source.size)));
  return await unpack(source, isCompression(format) ? format : "none", context);
}
