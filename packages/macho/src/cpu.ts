/** CPU types of mach/machine.h that Apple still names; others print as numbers. */
const CPU_NAMES: Readonly<Record<number, string>> = {
  7: "i386",
  12: "arm",
  18: "ppc",
  16777223: "x86_64",
  16777228: "arm64",
  33554444: "arm64_32",
  16777234: "ppc64",
};

const SUBTYPE_MASK = 0x00ff_ffff;

/** The name `lipo` and `codesign` use: `arm64`, `arm64e`, `x86_64`, `x86_64h`. */
export function architectureName(cpuType: number, cpuSubtype: number): string {
  const name = CPU_NAMES[cpuType];
  const subtype = cpuSubtype & SUBTYPE_MASK;
  if (name === undefined) return `cpu ${cpuType}:${subtype}`;
  if (name === "arm64" && subtype === 2) return "arm64e";
  if (name === "x86_64" && subtype === 8) return "x86_64h";
  return name;
}
