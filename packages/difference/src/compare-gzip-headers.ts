import { type RandomAccessSource, readExactly } from "@release-actions/archive";
import { type Cause, causeIfDifferent } from "./cause.ts";
import { readBoth, type Sources } from "./pair.ts";

/** Compares the headers of two gzip files (RFC 1952, section 2.3). */
export async function compareGzipHeaders(sources: Sources, place: string): Promise<Cause[]> {
  const [a, b] = await readBoth(sources, readHeader);
  const remedy = "Compress without the time: `gzip -n`, or `SOURCE_DATE_EPOCH` where the program reads it.";
  return [
    ...causeIfDifferent("timestamp", `${place}gzip header`, a.time, b.time, { remedy }),
    ...causeIfDifferent("embedded-text", `${place}gzip header, file name`, a.name, b.name),
    ...causeIfDifferent("compression", `${place}gzip header`, a.system, b.system),
  ];
}

async function readHeader(source: RandomAccessSource) {
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
