import type { ByteReader } from "./byte-reader.ts";
import type { LoadCommand } from "./load-commands.ts";

export interface Segment {
  /** `__TEXT`, `__LINKEDIT` */
  readonly name: string;
  readonly fileOffset: number;
  readonly fileSize: number;
  readonly sections: readonly Section[];
}

export interface Section {
  /** `__text` */
  readonly name: string;
  readonly segment: string;
  /** The offset in the image; meaningless if `zeroFill` is true. */
  readonly offset: number;
  readonly size: number;
  /** Whether the section takes memory but has no bytes in the file. */
  readonly zeroFill: boolean;
}

const ZERO_FILL_TYPES: readonly number[] = [1, 12, 18]; // S_ZEROFILL, S_GB_ZEROFILL, S_THREAD_LOCAL_ZEROFILL

/**
 * Reads the segments.
 *
 * @throws MachoError if a segment or section is not inside the image
 */
export function readSegments(image: ByteReader, commands: readonly LoadCommand[]): Segment[] {
  return commands
    .filter(({ name }) => name === "LC_SEGMENT" || name === "LC_SEGMENT_64")
    .map(({ name, offset, size }) =>
      readSegment(image, image.window(offset, size, `${name} command`), name === "LC_SEGMENT" ? 4 : 8),
    );
}

/**
 * Reads `segment_command[_64]` and its `section[_64]` (mach-o/loader.h). Their addresses and sizes are words, of 4 bytes
 * in a 32-bit file and of 8 bytes in a 64-bit one.
 */
function readSegment(image: ByteReader, command: ByteReader, word: 4 | 8): Segment {
  const readWord = (offset: number): number => (word === 4 ? command.u32(offset) : command.u64(offset));
  const name = command.text(8, 16);
  // The name is followed by four words (vmaddr, vmsize, fileoff, filesize), maxprot, initprot, nsects and flags.
  const fileOffset = readWord(24 + 2 * word);
  const fileSize = readWord(24 + 3 * word);
  if (fileOffset + fileSize > image.length) {
    throw command.error(
      `segment ${name} ends at ${fileOffset + fileSize} of ${image.length} bytes: the file is cut`,
      8,
    );
  }
  const sections: Section[] = [];
  const count = command.u32(32 + 4 * word);
  for (let index = 0; index < count; index += 1) {
    const at = 40 + 4 * word + index * (word === 4 ? 68 : 80);
    // The two names are followed by two words (addr, size), offset, align, reloff, nreloc and flags.
    sections.push({
      name: command.text(at, 16),
      segment: command.text(at + 16, 16),
      size: readWord(at + 32 + word),
      offset: command.u32(at + 32 + 2 * word),
      zeroFill: ZERO_FILL_TYPES.includes(command.u32(at + 48 + 2 * word) & 0xff),
    });
  }
  return { name, fileOffset, fileSize, sections };
}
