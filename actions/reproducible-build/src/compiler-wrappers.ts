import { readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { findProgram } from "@release-actions/command";
import { prefixMapFlags, type Remap } from "./remap.ts";

/** Names of C and C++ compilers, including cross compilers. */
const COMPILER = /^(?:[\w.]+-)*(?:cc|c\+\+|gcc|g\+\+|clang|clang\+\+)(?:-\d+(?:\.\d+)*)?$/;
/** Variables that name a compiler. If the value is a path, the compiler is not looked up on the PATH. */
const COMPILER_VARIABLE = /^(?:TARGET_|HOST_)?(?:CC|CXX)(?:_.+)?$/;

/** Whether all compilers are looked up on the PATH, so that a wrapper at its front is called instead. */
export function canWrap(env: Readonly<NodeJS.ProcessEnv>): boolean {
  if (process.platform === "win32") return false;
  return Object.entries(env).every(([name, value]) => !COMPILER_VARIABLE.test(name) || !value?.includes("/"));
}

/**
 * Creates wrappers with the compilers' names for the front of the PATH. They call the compilers with the flags that map
 * paths. Programs that store their compiler flags, as OpenSSL does, do not store these, because they never see them.
 */
export async function wrapCompilers(
  remaps: readonly Remap[],
  env: Readonly<NodeJS.ProcessEnv>,
  folder: string,
): Promise<string | undefined> {
  const flags = prefixMapFlags(remaps).map(quote).join(" ");
  const searchPath = env["PATH"] ?? "";
  if (flags === "") return undefined;
  await mkdir(folder, { recursive: true });
  for (const name of compilersOf(searchPath)) {
    const real = findProgram(name, searchPath);
    if (real === undefined) continue;
    const script = `#!/bin/sh\nexec ${quote(real)} ${flags} "$@"\n`;
    await writeFile(path.join(folder, name), script, { mode: 0o755 });
  }
  return folder;
}

function compilersOf(searchPath: string): string[] {
  const names = new Set<string>();
  for (const folder of searchPath.split(path.delimiter).filter((one) => path.isAbsolute(one))) {
    try {
      for (const name of readdirSync(folder)) if (COMPILER.test(name)) names.add(name);
    } catch {
      // A PATH may name folders that are not there.
    }
  }
  return [...names].sort();
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
