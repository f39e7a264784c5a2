const SYSTEMS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/-apple-darwin$/, "macOS"],
  [/-linux-(gnu|gnueabihf)$/, "Linux"],
  [/-linux-(musl|musleabihf)$/, "Linux (static)"],
  [/-windows-/, "Windows"],
  [/-freebsd$/, "FreeBSD"],
];

const PROCESSORS: Readonly<Record<string, string>> = {
  x86_64: "x86-64",
  aarch64: "ARM64",
  i686: "x86",
  armv7: "ARMv7",
  riscv64gc: "RISC-V",
};

/** A readable name for a Rust target triple, such as `macOS, Apple silicon`. Unknown triples stay as they are. */
export function platformName(target: string): string {
  const system = SYSTEMS.find(([pattern]) => pattern.test(target))?.[1];
  const cpu = target.split("-")[0] ?? "";
  if (system === undefined || !Object.hasOwn(PROCESSORS, cpu)) return target;
  if (system === "macOS") return `macOS, ${cpu === "aarch64" ? "Apple silicon" : "Intel"}`;
  return `${system}, ${PROCESSORS[cpu]}`;
}
