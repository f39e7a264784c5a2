import { type RandomAccessSource, readExactly } from "@release-actions/archive";

const MIN_LENGTH = 4;
/** How many bytes are read before and after the offset. */
const READ_BYTES = 64;
const SHOWN_LENGTH = 40;

/** The text at an offset, from its beginning if that is near; undefined if the bytes are not text. */
export async function textAt(source: RandomAccessSource, at: number): Promise<string | undefined> {
  const start = Math.max(0, at - READ_BYTES);
  const size = Math.max(0, Math.min(source.size - start, 2 * READ_BYTES));
  const text = Buffer.from(await readExactly(source, start, size)).toString("latin1");
  const [before = ""] = /[\t -~]*$/.exec(text.slice(0, at - start)) ?? [];
  const [behind = ""] = /^[\t -~]*/.exec(text.slice(at - start)) ?? [];
  if (behind === "" || before.length + behind.length < MIN_LENGTH) return undefined;
  return (before + behind).slice(Math.max(0, before.length - SHOWN_LENGTH / 2)).slice(0, SHOWN_LENGTH);
}
