import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { type Cause, cause } from "./cause.ts";

/** Compares the headers of two gzip files (RFC 1952, section 2.3). */
export async function compareGzipHeaders(
  left: RandomAccessSource,
  right: RandomAccessSource,
  place: string,
): Promise<Cause[]> {
  const [a, b] = [await readHeader(left), await readHeader(right)];
  const causes: Cause[] = [];
  if (a.time !== b.time) {
    const remedy = "Compress without the time: `gzip -n`, or `SOURCE_DATE_EPOCH` where the program reads it.";
    causes.push(cause("timestamp", `${place}gzip header`, a.time, b.time, { remedy }));
  }
  if (a.name !== b.name) causes.push(cause("embedded-text", `${place}gzip header, file name`, a.name, b.name));
  if (a.system !== b.system) causes.push(cause("compression", `${place}gzip header`, a.system, b.system));
  return causes;
}

interface GzipHeader {
  readonly time: string;
  readonly name: string;
  readonly system: string;
}

async function readHeader(source: RandomAccessSource): Promise<GzipHeader> {
  const bytes = Buffer.from(await readExactly(source, 0, Math.min(source.size, 4096)));
  const [, , , flags = 0] = bytes;
  const seconds = bytes.length >= 8 ? bytes.readUInt32LE(4) : 0;
  const extra = flags & 4 && bytes.length >= 12 ? 2 + bytes.readUInt16LE(10) : 0;
  const nameAt = 10 + extra;
  const nameEnd = flags & 8 ? bytes.indexOf(0, nameAt) : nameAt;
  return {
    time: seconds === 0 ? "none" : new Date(seconds * 1000).toISOString(),
    name: flags & 8 ? bytes.toString("latin1", nameAt, nameEnd) : "none",
    system: `level flag ${bytes[8]}, system ${bytes[9]}`,
  };
}
