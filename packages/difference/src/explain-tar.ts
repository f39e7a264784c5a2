import { type RandomAccessSource, readExactly, StreamCursor, sliceSource, TarReader } from "@release-actions/archive";
import type { Context, Findings } from "./context.ts";
import { explainMembers, type Member } from "./members.ts";

const BLOCK_BYTES = 512;

export async function explainTar(
  left: RandomAccessSource,
  right: RandomAccessSource,
  context: Context,
): Promise<Findings> {
  const findings = await explainMembers(await readTar(left), await readTar(right), context);
  return findings;
}

/**
 * The members of a tar with what their headers say of owners and times (POSIX.1-2017, pax, "ustar
 * Interchange Format"). Times and owners in PAX headers are part of what stands before a member.
 */
async function readTar(source: RandomAccessSource): Promise<Member[]> {
  const reader = new TarReader(new StreamCursor(source.read(0, source.size)));
  const members: Member[] = [];
  let previousEnd = 0;
  for (let member = await reader.next(); member !== undefined; member = await reader.next()) {
    const { path, kind, mode, offset, size } = member;
    const headerAt = offset - BLOCK_BYTES;
    const header = Buffer.from(await readExactly(source, headerAt, BLOCK_BYTES));
    const text = (start: number, length: number): string =>
      header.toString("latin1", start, start + length).replace(/[\0 ]+$/, "");
    const extension = await readExtensions(source, previousEnd, headerAt);
    previousEnd = offset + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    members.push({
      name: path,
      attributes: {
        timestamp: `${Number.parseInt(text(136, 12), 8) || 0}${extension.times}`,
        "member-owner": `${Number.parseInt(text(108, 8), 8) || 0}:${Number.parseInt(text(116, 8), 8) || 0} ${text(265, 32)}:${text(297, 32)}`,
        "member-mode": mode.toString(8).padStart(4, "0"),
        content: `${kind} ${"target" in member ? member.target : ""}`.trim(),
      },
      open: async () => sliceSource(source, offset, size),
    });
  }
  return members;
}

/** The times that PAX records before a member state more exactly. */
async function readExtensions(source: RandomAccessSource, from: number, to: number): Promise<{ times: string }> {
  const length = Math.min(to - from, 64 * 1024);
  if (length <= 0) return { times: "" };
  const text = Buffer.from(await readExactly(source, from, length)).toString("latin1");
  const times = [...text.matchAll(/\d+ ([acm]time=[\d.]+)\n/g)].map(([, record]) => ` ${record}`);
  return { times: times.join("") };
}
