/** CPU types of mach/machine.h that Apple's tools still name; others are shown as numbers. */
const CPU_NAMES: ReadonlyMap<number, string> = new Map([
  [0x07, "i386"],
  [0x0c, "arm"],
  [0x12, "ppc"],
  [0x0100_0007, "x86_64"],
  [0x0100_000c, "arm64"],
  [0x0200_000c, "arm64_32"],
  [0x0100_0012, "ppc64"],
]);

/**
 * Names of subtypes by the type's name, as `lipo -archs` prints them. Other subtypes are shown as the type's name and a
 * number.
 */
const SUBTYPE_NAMES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  i386: { 3: "i386", 4: "i486", 5: "pentium", 8: "pentIIm3" },
  arm: {
    5: "armv4t",
    6: "armv6",
    7: "armv5",
    8: "xscale",
    9: "armv7",
    10: "armv7f",
    11: "armv7s",
    12: "armv7k",
    13: "armv8",
    14: "armv6m",
    15: "armv7m",
    16: "armv7em",
  },
  ppc: { 1: "ppc601", 3: "ppc603", 6: "ppc604", 9: "ppc750", 10: "ppc7400", 11: "ppc7450", 100: "ppc970" },
  x86_64: { 3: "x86_64", 8: "x86_64h" },
  arm64: { 1: "arm64v8", 2: "arm64e" },
  arm64_32: { 1: "arm64_32" },
  ppc64: { 100: "ppc970-64" },
};

/** Removes the high byte, which has capabilities such as the version of pointer authentication. */
export const SUBTYPE_MASK = 0x00ff_ffff;

/** The name `lipo` and `codesign` use: `arm64`, `arm64e`, `x86_64`, `x86_64h`, `armv7s`. */
export function architectureName(cpuType: number, cpuSubtype: number): string {
  const name = CPU_NAMES.get(cpuType);
  const subtype = cpuSubtype & SUBTYPE_MASK;
  if (name === undefined) return `cpu ${cpuType}:${subtype}`;
  if (subtype === 0) return name;
  return SUBTYPE_NAMES[name]?.[subtype] ?? `${name}:${subtype}`;
}
