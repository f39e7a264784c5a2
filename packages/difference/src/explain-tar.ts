import { type RandomAccessSource, type ScannedMember, scanTar, sliceSource } from "@release-actions/archive";
import { mapBytes } from "./byte-map.ts";
import { cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { explainMembers, type Member } from "./members.ts";
import { readBoth, type Sources, sizesOf } from "./pair.ts";
import { showSeconds } from "./show-seconds.ts";
import { lasting } from "./spool.ts";

const REMEDIES = {
  timestamp:
    "Pack with fixed times: `tar --mtime=@$SOURCE_DATE_EPOCH`, and `--pax-option=delete=atime,delete=ctime` in PAX format.",
};
const PAX_NAME_REMEDY =
  "Name PAX headers without the process number: `tar --pax-option=exthdr.name=%d/PaxHeaders/%f`, or `--format=ustar`.";
/** PAX records whose value is already compared as a field of the member. */
const SHOWN_RECORDS = new Set(["path", "linkpath", "size", "uid", "gid", "uname", "gname", "mtime", "atime", "ctime"]);

const TYPES: Readonly<Record<string, string>> = {
  "0": "file",
  "1": "hard link",
  "2": "link",
  "3": "character device",
  "4": "block device",
  "5": "folder",
  "6": "fifo",
  "7": "file",
  S: "sparse file",
};

/**
 * Explains two tars member by member without unpacking them to disk, so members that a system could not create are
 * compared too.
 */
export async function explainTar(sources: Sources, context: Context): Promise<Findings> {
  const [a, b] = await readBoth(sources, (source) => readTar(source, context.signal));
  const found = await explainMembers([a.members, b.members], context, REMEDIES);
  if (found.causes.length > 0) return found;
  const named = a.headerNames.findIndex((name, index) => name !== b.headerNames[index]);
  if (named >= 0) {
    const place = `${context.place}name of a PAX header`;
    const sides = [a.headerNames[named] ?? "none", b.headerNames[named] ?? "none"] as const;
    return { ...found, causes: [cause("member-metadata", place, ...sides, { remedy: PAX_NAME_REMEDY })] };
  }
  // The members are equal, so the tars differ only in their encoding.
  const at = (await mapBytes(sources, context.signal)).clusters[0]?.start ?? 0;
  const where = at >= Math.min(a.end, b.end) ? "padding at the end" : `0x${at.toString(16)}, headers or padding`;
  return { ...found, causes: [cause("archive-format", `${context.place}${where}`, ...sizesOf(sources))] };
}

interface TarContent {
  readonly members: Member[];
  readonly headerNames: string[];
  /** The offset of the end of the last member, in bytes. */
  readonly end: number;
}

async function readTar(source: RandomAccessSource, signal: AbortSignal | undefined): Promise<TarContent> {
  const content: TarContent & { end: number } = { members: [], headerNames: [], end: 0 };
  for await (const member of scanTar(source, signal)) {
    content.members.push(toMember(source, member));
    if (member.paxHeaderName !== "") content.headerNames.push(member.paxHeaderName);
    content.end = member.offset + member.size;
  }
  return content;
}

/** Converts a member of a tar; its header fields are stored under the kind of cause that a difference would be. */
export function toMember(source: RandomAccessSource, member: ScannedMember): Member {
  const { name, pax, uid, gid, userName, groupName, mode, typeflag, linkName, device, form, offset, size } = member;
  const exact = ["mtime", "atime", "ctime"].flatMap((key) => (pax.has(key) ? [`${key} ${pax.get(key)}`] : []));
  const isDevice = typeflag === "3" || typeflag === "4";
  const format = [form, ...(pax.size > 0 ? ["with PAX records"] : [])].join(" ");
  return {
    name: name.replace(/(.)\/+$/, "$1"),
    attributes: {
      timestamp: [showSeconds(member.mtime), ...exact].join(", "),
      "member-owner": `${uid}:${gid} ${userName}:${groupName}`,
      "member-mode": (mode & 0o7777).toString(8).padStart(4, "0"),
      "archive-format": format,
      content: [TYPES[typeflag] ?? `type ${typeflag}`, ...(isDevice ? [device] : []), linkName]
        .filter(Boolean)
        .join(" "),
    },
    records: new Map([...pax].filter(([key]) => !SHOWN_RECORDS.has(key))),
    open: async () => lasting(sliceSource(source, offset, size)),
  };
}
