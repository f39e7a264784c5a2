import { openZip, type RandomAccessSource, readExactly, readZipEntry, type ZipEntry } from "@release-actions/archive";
import type { Context, Findings } from "./context.ts";
import { explainMembers, type Member } from "./members.ts";
import { spool } from "./spool.ts";

const LOCAL_HEADER_BYTES = 30;
/** Extra fields (APPNOTE 4.5, and Info-ZIP's proginfo/extrafld.txt). */
const EXTENDED_TIMESTAMP = 0x5455;
const NTFS_TIMES = 0x000a;
const UNIX_OWNER = 0x7875;

export async function explainZip(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  return await explainMembers(await readZip(left, context), await readZip(right, context), context);
}

async function readZip(source: RandomAccessSource, context: Context): Promise<Member[]> {
  const members: Member[] = [];
  for (const entry of await openZip(source, context.signal)) {
    const { times, owner } = await readLocalHeader(source, entry);
    members.push({
      name: entry.path,
      attributes: {
        timestamp: times,
        "member-owner": owner,
        "member-mode": entry.mode?.toString(8).padStart(4, "0") ?? "none",
        compression: entry.method,
      },
      open: async () => await spool(readZipEntry(source, entry, context.signal), context.scratch, context.signal),
    });
  }
  return members;
}

/** The times and owners that stand in front of an entry (APPNOTE 4.3.7). */
async function readLocalHeader(source: RandomAccessSource, entry: ZipEntry): Promise<{ times: string; owner: string }> {
  const header = Buffer.from(await readExactly(source, entry.headerOffset, LOCAL_HEADER_BYTES));
  const [time, date] = [header.readUInt16LE(10), header.readUInt16LE(12)];
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${1980 + (date >> 9)}-${two((date >> 5) & 15)}-${two(date & 31)}`;
  const times = [`${day} ${two(time >> 11)}:${two((time >> 5) & 63)}:${two((time & 31) * 2)}`];
  let owner = "none";
  const start = entry.headerOffset + LOCAL_HEADER_BYTES + header.readUInt16LE(26);
  const extra = Buffer.from(await readExactly(source, start, header.readUInt16LE(28)));
  for (let at = 0; at + 4 <= extra.length; ) {
    const [id, size] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)];
    const field = extra.subarray(at + 4, at + 4 + size);
    if (id === EXTENDED_TIMESTAMP || id === NTFS_TIMES) times.push(field.toString("hex"));
    if (id === UNIX_OWNER) owner = field.toString("hex");
    at += 4 + size;
  }
  return { times: times.join(" "), owner };
}
