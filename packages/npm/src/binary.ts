import { memorySource } from "@release-actions/archive";
import { isElf, lowestGlibc, machineOfTarget, readElf, readInterpreter, readLinkage } from "@release-actions/elf";
import { isMacho, readMacho } from "@release-actions/macho";
import { NpmError } from "./error.ts";
import { type Libc, platformOfTarget } from "./platform.ts";

/** `Machine` of the COFF header (PE Format, "Machine Types"). */
const PE_MACHINES: ReadonlyMap<number, string> = new Map([
  [0x14c, "ia32"],
  [0x8664, "x64"],
  [0xaa64, "arm64"],
]);
const MACHO_CPUS: Readonly<Record<string, string>> = { x86_64: "x64", arm64: "arm64", arm64e: "arm64" };

/** What a program needs from the system on which it runs. */
export interface BinaryNeeds {
  /** The C library. Undefined if the program needs none (a static program) or if the system has only one kind. */
  readonly libc: Libc | undefined;
  /** The oldest version of glibc with which it starts, such as `2.34`. */
  readonly glibc: string | undefined;
  /** Whether it is a Linux program that needs no libraries, so that it runs on any system with its machine type. */
  readonly isStatic: boolean;
}

const NOTHING: BinaryNeeds = { libc: undefined, glibc: undefined, isStatic: false };

/**
 * Checks that a program matches its target, and returns what it needs.
 *
 * @throws NpmError for a program for another target
 */
export async function checkBinary(bytes: Uint8Array, target: string, shown: string): Promise<BinaryNeeds> {
  const platform = platformOfTarget(target);
  const refuse = (found: string): never => {
    throw new NpmError(`${shown} is ${found}, expected a program for ${target}`, {
      advice: "The archive holds the build of another target: look at the job that made it.",
    });
  };
  if (bytes.length === 0) refuse("empty");
  if (isElf(bytes)) {
    const elf = await readElf(memorySource(bytes));
    if (platform === undefined || !["linux", "freebsd", "android"].includes(platform.os))
      return refuse("a program for Linux");
    if (elf.machine !== machineOfTarget(target)) return refuse(`a program for ${elf.machine}`);
    if (platform.os !== "linux") return NOTHING;
    if ((await readLinkage(elf)) !== "dynamic") return { ...NOTHING, isStatic: true };
    const loader = (await readInterpreter(elf)) ?? "";
    const libc = /ld-musl/.test(loader) ? "musl" : "glibc";
    if (libc !== platform.libc) return refuse(`linked with ${libc} (${loader})`);
    return { libc, glibc: libc === "glibc" ? await lowestGlibc(elf) : undefined, isStatic: false };
  }
  if (isMacho(bytes)) {
    const cpus = readMacho(bytes).map(({ architecture }) => MACHO_CPUS[architecture] ?? architecture);
    if (platform?.os !== "darwin" || !cpus.includes(platform.cpu)) refuse(`a program for macOS on ${cpus.join(", ")}`);
    return NOTHING;
  }
  const machine = peMachine(bytes);
  if (machine === undefined) refuse("not a program");
  if (platform?.os !== "win32" || machine !== platform.cpu) refuse(`a program for Windows on ${machine}`);
  return NOTHING;
}

/** The CPU of a PE file (PE Format, "Signature" and "COFF File Header"); undefined for other files. */
function peMachine(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 64 || view.getUint16(0) !== 0x4d5a) return undefined;
  const header = view.getUint32(60, true);
  if (header + 6 > bytes.length || view.getUint32(header) !== 0x50450000) return undefined;
  const machine = view.getUint16(header + 4, true);
  return PE_MACHINES.get(machine) ?? `machine 0x${machine.toString(16)}`;
}
