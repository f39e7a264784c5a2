import {
  extraFields,
  type RandomAccessSource,
  type ScannedEntry,
  type ScannedZip,
  scanZip,
} from "@release-actions/archive";
import { countOf } from "@release-actions/report";
import { mapBytes } from "./byte-map.ts";
import { type Cause, cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { explainMembers, type Member } from "./members.ts";
import { spool } from "./spool.ts";

/** Extra fields (APPNOTE 4.5, and Info-ZIP's proginfo/extrafld.txt). */
const EXTENDED_TIMESTAMP = 0x5455;
const NTFS_TIMES = 0x000a;
const UNIX_OWNER = 0x7875;
const ZIP64 = 1;
const SHOWN_FIELDS = new Set([EXTENDED_TIMESTAMP, NTFS_TIMES, UNIX_OWNER, ZIP64]);

const REMEDIES = {
  timestamp: "Pack with fixed times: set those of the files first (`touch -d @$SOURCE_DATE_EPOCH`), and use `zip -X`.",
};

export async function explainZip(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const [a, b] = [await scanZip(left), await scanZip(right)];
  const found = await explainMembers(toMembers(a, context), toMembers(b, context), context, { remedies: REMEDIES });
  const causes: Cause[] = [...found.causes];
  if (a.comment !== b.comment)
    causes.push(
      cause("member-metadata", `${context.place}comment of the zip`, a.comment || "none", b.comment || "none"),
    );
  if (causes.length > 0) return { ...found, causes };
  const sizes = [countOf(left.size, "byte"), countOf(right.size, "byte")] as const;
  const repacked = await findRepacked(a, b, context.signal);
  if (repacked !== undefined) {
    const place = `${context.place}data of ${repacked.name}, of equal content`;
    return { ...found, causes: [cause("compression", place, ...sizes)] };
  }
  const at = (await mapBytes(left, right, context.signal)).clusters[0]?.start ?? 0;
  const place = `${context.place}0x${at.toString(16)}, beside equal members`;
  return { ...found, causes: [cause("archive-format", place, ...sizes)] };
}

/** The first entry whose compressed data differs although the content is equal. */
async function findRepacked(a: ScannedZip, b: ScannedZip, signal?: AbortSignal): Promise<ScannedEntry | undefined> {
  for (const [index, entry] of a.entries.entries()) {
    const other = b.entries[index];
    if (other !== undefined && (await mapBytes(entry.packed, other.packed, signal)).differing > 0) return entry;
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
async function openContent(entry: ScannedEntry, { scratch, signal }: Context): ReturnType<Member["open"]> {
  const content = entry.read();
  return content === undefined ? entry.packed : await spool(content, scratch, signal);
}

function exactTimes(fields: ReadonlyMap<number, Buffer>): string[] {
  const unix = fields.get(EXTENDED_TIMESTAMP);
  const ntfs = fields.get(NTFS_TIMES);
  const shown: string[] = [];
  for (let at = 1; unix !== undefined && at + 4 <= unix.length; at += 4)
    shown.push(new Date(unix.readInt32LE(at) * 1000).toISOString().replace(".000Z", "Z"));
  for (let at = 8; ntfs !== undefined && at + 8 <= ntfs.length; at += 8)
    shown.push(new Date(Number(ntfs.readBigUInt64LE(at) / 10_000n) - 11_644_473_600_000).toISOString());
  return shown;
}
