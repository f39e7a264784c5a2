import path from "node:path";
import { bundleIdentifierOf, readMacho } from "@release-actions/macho";

/**
 * The identifier that `codesign --force` chooses for a program: the bundle identifier of its embedded property list, or
 * else its file name, without the extension and with only the first number of a version (Security framework,
 * diskrep.cpp, `canonicalIdentifier`). It replaces an identifier that a linker wrote, such as Go's `a.out`.
 */
export async function chooseIdentifier(file: string, bytes: Uint8Array): Promise<string> {
  const [image] = readMacho(bytes);
  const inProgram = image && (await bundleIdentifierOf(image));
  return inProgram ?? identifierOfName(path.basename(file));
}

/** `libfoo.1.2.dylib` is `libfoo.1`, `tool-2.1` is `tool-2`, `tool.exe` is `tool`. */
export function identifierOfName(name: string): string {
  const plain = name.replace(/\.[^.0-9][^.]*$/, "");
  if (/^[0-9.]/.test(plain)) return plain;
  const version = /[0-9.]+$/.exec(plain)?.[0] ?? "";
  const kept = /^\.?[0-9]*/.exec(version)?.[0] ?? "";
  return plain.slice(0, plain.length - version.length) + kept;
}
