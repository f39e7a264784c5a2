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

/** Field offsets of `segment_command[_64]` and `section[_64]` (mach-o/loader.h). */
const LAYOUTS = {
  LC_SEGMENT: {
    fileOffset: 32,
    fileSize: 36,
    sectionCount: 48,
    sections: 56,
    section: 68,
    size: 36,
    offset: 40,
    flags: 56,
  },
  LC_SEGMENT_64: {
    fileOffset: 40,
    fileSize: 48,
    sectionCount: 64,
    sections: 72,
    section: 80,
    size: 40,
    offset: 48,
    flags: 64,
  },
} as const;

/**
 * Reads the segments.
 *
 * @throws MachoError if a segment or section is not inside the image
 */
export function readSegments(image: ByteReader, commands: readonly LoadCommand[]): Segment[] {
  const segments: Segment[] = [];
  for (const { name, offset, size } of commands) {
    if (name === "LC_SEGMENT" || name === "LC_SEGMENT_64") {
      segments.push(readSegment(image, image.window(offset, size, `${name} command`), name));
    }
  }
  return segments;
}

function readSegment(image: ByteReader, command: ByteReader, kind: keyof typeof LAYOUTS): Segment {
  const layout = LAYOUTS[kind];
  const word = (offset: number): number => (kind === "LC_SEGMENT" ? command.u32(offset) : command.u64(offset));
  const name = command.text(8, 16);
  const fileOffset = word(layout.fileOffset);
  const fileSize = word(layout.fileSize);
  if (fileOffset + fileSize > image.length) {
    throw command.error(
      `segment ${name} ends at ${fileOffset + fileSize} of ${image.length} bytes: the file is cut`,
      8,
    );
  }
  const sections: Section[] = [];
  const count = command.u32(layout.sectionCount);
  for (let index = 0; index < count; index += 1) {
    const at = layout.sections + index * layout.section;
    sections.push({
      name: command.text(at, 16),
      segment: command.text(at + 16, 16),
      size: word(at + layout.size),
      offset: command.u32(at + layout.offset),
      zeroFill: ZERO_FILL_TYPES.includes(command.u32(at + layout.flags) & 0xff),
    });
  }
  return { name, fileOffset, fileSize, sections };
}
