import { readExactly } from "@release-actions/archive";
import type { ElfFile } from "./elf.ts";
import { ElfError } from "./error.ts";
import { Fields } from "./fields.ts";
import { readDynamic } from "./linkage.ts";

const PT_LOAD = 1;
const DT_STRTAB = 5n;
const DT_STRSZ = 10n;
const DT_VERNEED = 0x6ffffffen;
const DT_VERNEEDNUM = 0x6fffffffn;
const ENTRY_BYTES = 16;
const MAX_NAMES = 10_000;
const MAX_STRING_BYTES = 64 * 1024 * 1024;

/** A version of a library's interface that the file needs: `libc.so.6` and `GLIBC_2.34`. */
export interface NeededVersion {
  readonly library: string;
  readonly version: string;
}

/**
 * The versions without which the loader refuses to start the file (LSB Core, "Symbol Versioning", "Version
 * Requirements"). Works without section headers.
 */
export async function readNeededVersions(elf: ElfFile): Promise<readonly NeededVersion[]> {
  const dynamic = new Map((await readDynamic(elf)).map(({ tag, value }) => [tag, Number(value)]));
  const [place, count] = [dynamic.get(DT_VERNEED), dynamic.get(DT_VERNEEDNUM)];
  const [strings, stringBytes] = [dynamic.get(DT_STRTAB), dynamic.get(DT_STRSZ)];
  if (place === undefined || count === undefined || strings === undefined || stringBytes === undefined) return [];
  if (stringBytes > MAX_STRING_BYTES) throw new ElfError(`the dynamic strings have ${stringBytes} bytes`, strings);
  const names = await fieldsAt(elf, strings, stringBytes, "the dynamic strings");
  const found: NeededVersion[] = [];
  let at = place;
  for (let file = 0; file < count && found.length < MAX_NAMES; file += 1) {
    const need = await fieldsAt(elf, at, ENTRY_BYTES, "a version requirement");
    const library = names.text(need.u32(4));
    let auxiliary = at + need.u32(8);
    for (let index = 0; index < need.u16(2) && found.length < MAX_NAMES; index += 1) {
      const entry = await fieldsAt(elf, auxiliary, ENTRY_BYTES, "a version requirement");
      found.push({ library, version: names.text(entry.u32(8)) });
      auxiliary += entry.u32(12);
    }
    if (need.u32(12) === 0) break;
    at += need.u32(12);
  }
  return found;
}

/** The oldest version of glibc with which the file starts, such as `2.34`; undefined if it does not need glibc. */
export async function lowestGlibc(elf: ElfFile): Promise<string | undefined> {
  const asked = (await readNeededVersions(elf)).flatMap(
    ({ version }) => /^GLIBC_(\d+(?:\.\d+)+)$/.exec(version)?.[1] ?? [],
  );
  return asked.sort((left, right) => (isOlderGlibc(left, right) ? 1 : -1))[0];
}

/** Whether one version of glibc is older than another, compared number by number. */
export function isOlderGlibc(version: string, than: string): boolean {
  const [found, expected] = [version, than].map((text) => text.split(".").map(Number));
  const index = (expected ?? []).findIndex((part, at) => part !== (found?.[at] ?? 0));
  return index >= 0 && (found?.[index] ?? 0) < (expected?.[index] ?? 0);
}

/** Reads a part of the file by its address in memory, using the segments that the loader maps. */
async function fieldsAt(elf: ElfFile, address: number, length: number, what: string): Promise<Fields> {
  const segment = elf.segments.find(({ type, address: start, fileSize }) => {
    return type === PT_LOAD && address >= start && address + length <= start + fileSize;
  });
  if (segment === undefined)
    throw new ElfError(`${what} is at the address 0x${address.toString(16)}, which no segment loads`, 0);
  const offset = segment.offset + address - segment.address;
  return new Fields(await readExactly(elf.source, offset, length), elf, offset, what);
}
