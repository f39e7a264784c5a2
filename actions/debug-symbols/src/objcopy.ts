import { globSync } from "node:fs";
import { machine as hostMachine } from "node:os";
import path from "node:path";
import { type CommandRunner, findProgram } from "@release-actions/command";
import { Fault } from "@release-actions/report";

/** The prefix of GNU's cross tools for each machine name of the elf package. */
const PREFIX: Readonly<Record<string, string>> = {
  "x86-64": "x86_64-linux-gnu-",
  aarch64: "aarch64-linux-gnu-",
  riscv: "riscv64-linux-gnu-",
  s390x: "s390x-linux-gnu-",
  powerpc64: "powerpc64le-linux-gnu-",
};
const HOST: Readonly<Record<string, string>> = { x86_64: "x86-64", aarch64: "aarch64", arm64: "aarch64" };

export interface Objcopy {
  readonly program: string;
  /** The folder of its shared libraries; undefined when the system finds them. */
  readonly libraries: string | undefined;
}

export interface ObjcopyOptions {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly run: CommandRunner;
  /** As `uname -m` names it. */
  readonly host?: string;
}

/**
 * Finds an objcopy for the files of a machine: the system's own for the machine it runs on, else one of a cross
 * toolchain, else LLVM's, which supports all machines and also comes with Rust. GNU's supports one family of machines.
 */
export async function findObjcopy(machine: string, options: ObjcopyOptions): Promise<Objcopy> {
  const { env, host = hostMachine() } = options;
  const isOwn = HOST[host] === machine;
  const cross = PREFIX[machine] === undefined ? [] : [`${PREFIX[machine]}objcopy`];
  const candidates = isOwn ? ["objcopy", ...cross, "llvm-objcopy"] : [...cross, "llvm-objcopy"];
  const program = candidates.find((name) => findProgram(name, env["PATH"]) !== undefined);
  const found = program === undefined ? await rustObjcopy(options) : { program, libraries: undefined };
  if (found !== undefined) return found;
  throw new Fault(`there is no objcopy for ${machine}: looked for ${candidates.join(", ")}, and in Rust's toolchain`, {
    advice: isOwn
      ? "Install binutils in an earlier step."
      : "In an earlier step, install LLVM, or binutils for that machine. Or split the binary where it is built, and list the result in `binaries`.",
  });
}

/** The objcopy of LLVM that Rust brings for its own use, in its sysroot and not on the PATH. */
async function rustObjcopy({ env, run }: ObjcopyOptions): Promise<Objcopy | undefined> {
  if (findProgram("rustc", env["PATH"]) === undefined) return undefined;
  const { exitCode, stdout } = await run("rustc", ["--print", "sysroot"], { env, check: false });
  const libraries = path.join(stdout.trim(), "lib");
  const [program] = exitCode === 0 ? globSync("rustlib/*/bin/rust-objcopy", { cwd: libraries }) : [];
  return program === undefined ? undefined : { program: path.join(libraries, program), libraries };
}
