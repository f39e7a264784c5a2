import { describe, expect, test } from "@jest/globals";
import { loadCommandName } from "./load-command-names.ts";
import { formatVersion } from "./load-commands.ts";
import { readMacho } from "./macho.ts";
import { command, imageOf, words } from "./testing/image.ts";

/** mach-o/loader.h; 0x80000000 is LC_REQ_DYLD. */
test.each([
  [0x1, "LC_SEGMENT"],
  [0x2, "LC_SYMTAB"],
  [0x3, "LC_SYMSEG"],
  [0x4, "LC_THREAD"],
  [0x5, "LC_UNIXTHREAD"],
  [0xb, "LC_DYSYMTAB"],
  [0xc, "LC_LOAD_DYLIB"],
  [0xd, "LC_ID_DYLIB"],
  [0xe, "LC_LOAD_DYLINKER"],
  [0xf, "LC_ID_DYLINKER"],
  [0x11, "LC_ROUTINES"],
  [0x12, "LC_SUB_FRAMEWORK"],
  [0x13, "LC_SUB_UMBRELLA"],
  [0x14, "LC_SUB_CLIENT"],
  [0x15, "LC_SUB_LIBRARY"],
  [0x16, "LC_TWOLEVEL_HINTS"],
  [0x80000018, "LC_LOAD_WEAK_DYLIB"],
  [0x19, "LC_SEGMENT_64"],
  [0x1a, "LC_ROUTINES_64"],
  [0x1b, "LC_UUID"],
  [0x8000001c, "LC_RPATH"],
  [0x1d, "LC_CODE_SIGNATURE"],
  [0x1e, "LC_SEGMENT_SPLIT_INFO"],
  [0x8000001f, "LC_REEXPORT_DYLIB"],
  [0x20, "LC_LAZY_LOAD_DYLIB"],
  [0x21, "LC_ENCRYPTION_INFO"],
  [0x22, "LC_DYLD_INFO"],
  [0x80000022, "LC_DYLD_INFO"],
  [0x80000023, "LC_LOAD_UPWARD_DYLIB"],
  [0x24, "LC_VERSION_MIN_MACOSX"],
  [0x25, "LC_VERSION_MIN_IPHONEOS"],
  [0x26, "LC_FUNCTION_STARTS"],
  [0x27, "LC_DYLD_ENVIRONMENT"],
  [0x80000028, "LC_MAIN"],
  [0x29, "LC_DATA_IN_CODE"],
  [0x2a, "LC_SOURCE_VERSION"],
  [0x2b, "LC_DYLIB_CODE_SIGN_DRS"],
  [0x2c, "LC_ENCRYPTION_INFO_64"],
  [0x2d, "LC_LINKER_OPTION"],
  [0x2e, "LC_LINKER_OPTIMIZATION_HINT"],
  [0x2f, "LC_VERSION_MIN_TVOS"],
  [0x30, "LC_VERSION_MIN_WATCHOS"],
  [0x31, "LC_NOTE"],
  [0x32, "LC_BUILD_VERSION"],
  [0x80000033, "LC_DYLD_EXPORTS_TRIE"],
  [0x80000034, "LC_DYLD_CHAINED_FIXUPS"],
  [0x80000035, "LC_FILESET_ENTRY"],
  [0x36, "LC_ATOM_INFO"],
  [0x3f, "LC_0x3f"],
  [0x8000003f, "LC_0x8000003f"],
  [0x80000000, "LC_0x80000000"],
])("load command %d is %s", (number, name) => expect(loadCommandName(number)).toBe(name));

test.each([
  [0x000c0000, "12.0"],
  [0x000e0501, "14.5.1"],
  [0x000a0f0f, "10.15.15"],
  [0xffffffff, "65535.255.255"],
])("the packed version %d is %s", (packed, version) => expect(formatVersion(packed)).toBe(version));

describe("the build version", () => {
  const build = (...commands: Buffer[]) => readMacho(imageOf(commands))[0]?.build;

  test.each([
    [1, "macos"],
    [2, "ios"],
    [3, "tvos"],
    [4, "watchos"],
    [5, "bridgeos"],
    [6, "mac-catalyst"],
    [7, "ios-simulator"],
    [8, "tvos-simulator"],
    [9, "watchos-simulator"],
    [10, "driverkit"],
    [11, "visionos"],
    [12, "visionos-simulator"],
    [99, "99"],
  ])("of platform %d is for %s", (number, platform) => {
    const expected = { platform, minimumOs: "12.3", sdk: "14.5.1" };
    expect(build(command(0x32, words(number, 0x000c0300, 0x000e0501, 0)))).toEqual(expected);
  });

  test.each([
    [0x24, "macos"],
    [0x25, "ios"],
    [0x2f, "tvos"],
    [0x30, "watchos"],
  ])("of the older command %d is for %s", (number, platform) => {
    const expected = { platform, minimumOs: "10.9", sdk: "10.10" };
    expect(build(command(0x2a, words(0, 0)), command(number, words(0x000a0900, 0x000a0a00)))).toEqual(expected);
  });

  test("prefers LC_BUILD_VERSION to the older command, and is undefined without either", () => {
    const older = command(0x24, words(0x000a0900, 0x000a0a00));
    expect(build(older, command(0x32, words(1, 0x000b0000, 0x000c0000, 0)))?.sdk).toBe("12.0");
    expect(build(command(0x2a, words(0, 0)))).toBeUndefined();
  });
});
