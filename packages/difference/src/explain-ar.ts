import { type RandomAccessSource, readExactly, sliceSource } from "@release-actions/archive";
import { Fault } from "@release-actions/report";
import { cause } from "./cause.ts";
import type { Context, Findings } from "./context.ts";
import { explainMembers, type Member } from "./members.ts";
import { readBoth, type Sources, sizesOf } from "./pair.ts";
import { showSeconds } from "./show-seconds.ts";
import { lasting } from "./spool.ts";

const MAGIC = "!<arch>\n";
const HEADER_BYTES = 60;
const MAX_NAMES_BYTES = 64 * 1024 * 1024;
const MAX_MEMBERS = 1_000_000;

const REMEDIES = { timestamp: "Pack without times: `ar D` (deterministic mode), or `ZERO_AR_DATE=1` on macOS." };

/** An `ar` archive whose headers are cut or contradict each other. */
export class ArError extends Fault {
  override readonly name = "ArError";
}

export function isAr(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, MAGIC.length)).toString("latin1") === MAGIC;
}

export async function explainAr(sources: Sources, context: Context): Promise<Findings> {
  const found = await explainMembers(await readBoth(sources, readAr), context, REMEDIES);
  if (found.causes.length > 0) return found;
  const place = `${context.place}symbol table, names or padding`;
  return { ...found, causes: [cause("archive-format", place, ...sizesOf(sources))] };
}

/**
 * Reads the members of an `ar` archive, with the long names of GNU and System V or of BSD (`man 5 ar`, FreeBSD). The
 * symbol table is left out because it follows from the members and their order.
 */
export async function readAr(source: RandomAccessSource): Promise<Member[]> {
  const members: Member[] = [];
  let longNames = "";
  for (let at = MAGIC.length; at + HEADER_BYTES <= source.size; ) {
    const header = Buffer.from(await readExactly(source, at, HEADER_BYTES)).toString("latin1");
    const field = (start: number, length: number): string => header.slice(start, start + length).trimEnd();
    const size = Number(/^\d+$/.test(field(48, 10)) ? field(48, 10) : Number.NaN);
    if (header.slice(58) !== "`\n" || !(at + HEADER_BYTES + size <= source.size) || members.length > MAX_MEMBERS) {
      throw new ArError(`the ar archive has no valid member at byte ${at}: it is cut or damaged`);
    }
    const body = at + HEADER_BYTES;
    at = body + size + (size % 2);
    const short = field(0, 16);
    if (short === "//") {
      if (size > MAX_NAMES_BYTES) throw new ArError(`the ar archive has ${size} bytes of names`);
      longNames = Buffer.from(await readExactly(source, body, size)).toString("utf8");
      continue;
    }
    if (short === "/" || short === "/SYM64/" || short.startsWith("__.SYMDEF")) continue;
    const bsd = Number(/^#1\/(\d+)$/.exec(short)?.[1] ?? 0);
    if (bsd > size) throw new ArError(`the ar archive has a name longer than its member at byte ${body}`);
    const name = bsd > 0 ? await bsdName(source, body, bsd) : gnuName(short, longNames);
    if (name.startsWith("__.SYMDEF")) continue;
    const content = sliceSource(source, body + bsd, size - bsd);
    members.push({
      name,
      attributes: {
        timestamp: showSeconds(Number(field(16, 12) || Number.NaN), field(16, 12)),
        "member-owner": `${field(28, 6)}:${field(34, 6)}`,
        "member-mode": field(40, 8),
      },
      open: async () => lasting(content),
    });
  }
  return members;
}

async function bsdName(source: RandomAccessSource, offset: number, length: number): Promise<string> {
  return Buffer.from(await readExactly(source, offset, Math.min(length, 4096)))
    .toString("utf8")
    .replace(/\0+$/, "");
}

/** Decodes the name field: `name/`, or `/<offset>`, an offset into the table of long names. */
function gnuName(short: string, longNames: string): string {
  const offset = /^\/(\d+)$/.exec(short)?.[1];
  if (offset === undefined) return short.replace(/\/$/, "");
  const rest = longNames.slice(Number(offset));
  return rest.slice(0, rest.search(/\/?\n|$/)) || short;
}
