import { machine as hostMachine } from "node:os";
import { findProgram } from "@release-actions/command";
import { SymbolsError } from "./symbols-error.ts";

/** How GNU's cross tools name the machines of the elf package. */
const PREFIX: Readonly<Record<string, string>> = {
  "x86-64": "x86_64-linux-gnu-",
  aarch64: "aarch64-linux-gnu-",
  riscv: "riscv64-linux-gnu-",
  s390x: "s390x-linux-gnu-",
  powerpc64: "powerpc64le-linux-gnu-",
};
const HOST: Readonly<Record<string, string>> = { x86_64: "x86-64", aarch64: "aarch64", arm64: "aarch64" };

/**
 * The objcopy for files of a machine: the one of this system for its own, else that of a cross toolchain, or LLVM's,
 * which knows all. GNU's own is built for one family of machines and refuses the others.
 */
export function findObjcopy(machine: string, searchPath: string | undefined, host = hostMachine()): string {
  const isOwn = HOST[host] === machine;
  const cross = PREFIX[machine] === undefined ? [] : [`${PREFIX[machine]}objcopy`];
  const candidates = isOwn ? ["objcopy", ...cross, "llvm-objcopy"] : [...cross, "llvm-objcopy"];
  const found = candidates.find((name) => findProgram(name, searchPath) !== undefined);
  if (found !== undefined) return found;
  throw new SymbolsError(`there is no objcopy for ${machine} on the PATH: looked for ${candidates.join(", ")}`, {
    advice: isOwn
      ? "Install binutils in an earlier step."
      : "Install binutils for that machine or LLVM in an earlier step, or split where the binary is built, and name both files.",
  });
}
