import type { ByteReader } from "./byte-reader.ts";
import { MAX_LOAD_COMMANDS } from "./limits.ts";
import { loadCommandName } from "./load-command-names.ts";

export interface LoadCommand {
  /** `LC_UUID`, or `LC_0x...` for an unknown command. */
  readonly name: string;
  /** The offset in the image. */
  readonly offset: number;
  readonly size: number;
}

/** The platform and SDK of the build: LC_BUILD_VERSION, or the older LC_VERSION_MIN_*. */
export interface BuildVersion {
  readonly platform: string;
  /** `major.minor[.patch]` */
  readonly minimumOs: string;
  readonly sdk: string;
}

const PLATFORMS: Readonly<Record<number, string>> = {
  1: "macos",
  2: "ios",
  3: "tvos",
  4: "watchos",
  5: "bridgeos",
  6: "mac-catalyst",
  7: "ios-simulator",
  8: "tvos-simulator",
  9: "watchos-simulator",
  10: "driverkit",
  11: "visionos",
  12: "visionos-simulator",
};

const MINIMUM_VERSION_COMMANDS: Readonly<Record<string, string>> = {
  LC_VERSION_MIN_MACOSX: "macos",
  LC_VERSION_MIN_IPHONEOS: "ios",
  LC_VERSION_MIN_TVOS: "tvos",
  LC_VERSION_MIN_WATCHOS: "watchos",
};

/**
 * @param area the `sizeofcmds` bytes after the header
 * @param base the offset of these bytes in the image
 * @throws MachoError
 */
export function readLoadCommands(area: ByteReader, count: number, base: number): LoadCommand[] {
  if (count > MAX_LOAD_COMMANDS) {
    throw area.error(`${count} load commands are more than the limit of ${MAX_LOAD_COMMANDS}`, 0);
  }
  const commands: LoadCommand[] = [];
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    const command = area.u32(offset);
    const size = area.u32(offset + 4);
    if (size < 8 || size % 4 !== 0) throw area.error(`load command ${index} has the size ${size}`, offset + 4);
    area.slice(offset, size);
    commands.push({ name: loadCommandName(command), offset: base + offset, size });
    offset += size;
  }
  return commands;
}

export function readBuildVersion(image: ByteReader, commands: readonly LoadCommand[]): BuildVersion | undefined {
  const versionsAt = (offset: number, platform: string): BuildVersion => {
    const [minimumOs, sdk] = [image.u32(offset), image.u32(offset + 4)];
    return { platform, minimumOs: formatVersion(minimumOs), sdk: formatVersion(sdk) };
  };
  const build = commands.find(({ name }) => name === "LC_BUILD_VERSION");
  if (build !== undefined) {
    const platform = image.u32(build.offset + 8);
    return versionsAt(build.offset + 12, PLATFORMS[platform] ?? String(platform));
  }
  const minimum = commands.find(({ name }) => Object.hasOwn(MINIMUM_VERSION_COMMANDS, name));
  return minimum && versionsAt(minimum.offset + 8, MINIMUM_VERSION_COMMANDS[minimum.name] ?? minimum.name);
}

/** Decodes a version: 16 bits major, 8 bits minor, 8 bits patch. */
export function formatVersion(packed: number): string {
  const patch = packed & 0xff;
  return `${packed >>> 16}.${(packed >>> 8) & 0xff}${patch === 0 ? "" : `.${patch}`}`;
}
