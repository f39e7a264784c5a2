import { extraFields, type ScannedEntry, type ScannedZip, scanZip } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import { cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { explainMembers, type Member } from "./members.ts";
import { both, type Pair, readBoth, type Sources, sizesOf } from "./pair.ts";
import { showSeconds } from "./show-seconds.ts";
import { lasting, spool, type TemporarySource } from "./spool.ts";

/** Extra fields (APPNOTE 4.5, and Info-ZIP's proginfo/extrafld.txt). */
const EXTENDED_TIMESTAMP = 0x5455;
const NTFS_TIMES = 0x000a;
const UNIX_OWNER = 0x7875;
const ZIP64 = 1;
const SHOWN_FIELDS = new Set([EXTENDED_TIMESTAMP, NTFS_TIMES, UNIX_OWNER, ZIP64]);

const REMEDIES = {
  timestamp: "Pack with fixed times: set those of the files first (`touch -d @$SOURCE_DATE_EPOCH`), and use `zip -X`.",
};

export async function explainZip(sources: Sources, context: Context): Promise<Findings> {
  const { place, signal } = context;
  const zips = await readBoth(sources, scanZip);
  const found = await explainMembers(
    both(zips, (zip) => toMembers(zip, context)),
    context,
    REMEDIES,
  );
  const [left, right] = both(zips, ({ comment }) => comment);
  const causes = [...found.causes];
  if (left !== right)
    causes.push(cause("member-metadata", `${place}comment of the zip`, left || "none", right || "none"));
  if (causes.length > 0) return { ...found, causes };
  const sizes = sizesOf(sources);
  const repacked = await findRepacked(zips, signal);
  if (repacked !== undefined)
    return { ...found, causes: [cause("compression", `${place}data of ${repacked.name}, of equal content`, ...sizes)] };
  const at = (await mapBytes(sources, signal)).clusters[0]?.start ?? 0;
  const where = `${place}0x${at.toString(16)}, beside equal members`;
  return { ...found, causes: [cause("archive-format", where, ...sizes)] };
}

/** The first entry whose compressed data differs although the content is equal. */
async function findRepacked([a, b]: Pair<ScannedZip>, signal?: AbortSignal): Promise<ScannedEntry | undefined> {
  for (const [index, entry] of a.entries.entries()) {
    const other = b.entries[index];
    if (other !== undefined && (await mapBytes([entry.packed, other.packed], signal)).differing > 0) return entry;
  }
  return undefined;
}

function toMembers({ entries }: ScannedZip, context: Context): Member[] {
  return entries.map((entry) => {
    const fields = extraFields(entry.localExtra);
    const others = [...fields].filter(([id]) => !SHOWN_FIELDS.has(id));
    return {
      name: entry.name,
      attributes: {
        timestamp: [entry.time, ...exactTimes(fields)].join(", "),
        "member-owner": fields.get(UNIX_OWNER)?.toString("hex") ?? "none",
        "member-mode": entry.mode,
        compression: entry.isEncrypted ? `${entry.compression}, encrypted` : entry.compression,
        "archive-format": entry.madeBy,
      },
      records: new Map([
        ...others.map(([id, bytes]): [string, string] => [`extra field 0x${id.toString(16)}`, bytes.toString("hex")]),
        ...(entry.comment === "" ? [] : ([["comment", entry.comment]] as const)),
      ]),
      open: async () => await openContent(entry, context),
    };
  });
}

/** Opens the content of an entry, or its compressed data if it cannot be unpacked. */
async function openContent(entry: ScannedEntry, { scratch, signal }: Context): Promise<TemporarySource> {
  const content = entry.read();
  return content === undefined ? lasting(entry.packed) : await spool(content, scratch, signal);
}

function exactTimes(fields: ReadonlyMap<number, Buffer>): string[] {
  const unix = fields.get(EXTENDED_TIMESTAMP);
  const ntfs = fields.get(NTFS_TIMES);
  const shown: string[] = [];
  for (let at = 1; unix !== undefined && at + 4 <= unix.length; at += 4) shown.push(showSeconds(unix.readInt32LE(at)));
  for (let at = 8; ntfs !== undefined && at + 8 <= ntfs.length; at += 8)
    shown.push(new Date(Number(ntfs.readBigUInt64LE(at) / 10_000n) - 11_644_473_600_000).toISOString());
  return shown;
}
