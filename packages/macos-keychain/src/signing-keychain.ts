import type { CommandRunner } from "@release-actions/command";
import { type Keychain, KeychainError, QUIETLY, security } from "./keychain.ts";

/**
 * Imports a .p12 that only codesign may use, without a prompt.
 *
 * @param password the password of the .p12, which must be hex because `security` has its own quoting
 * @param fingerprint the SHA-1 of the certificate in hex, by which the identity is found
 * @throws KeychainError
 */
export async function importIdentity(
  run: CommandRunner,
  keychain: Keychain,
  p12: { readonly file: string; readonly password: string; readonly fingerprint: string },
): Promise<void> {
  const said = await security(run, [
    ["import", p12.file, "-k", keychain.path, "-f", "pkcs12", "-P", p12.password, "-T", "/usr/bin/codesign"],
    ["set-key-partition-list", "-S", "apple-tool:,apple:,codesign:", "-s", "-k", keychain.password, keychain.path],
  ]);
  const found = await run("security", ["find-identity", "-p", "codesigning", keychain.path], QUIETLY);
  if (!found.stdout.toUpperCase().includes(p12.fingerprint.toUpperCase())) {
    throw new KeychainError(`the certificate was not imported: ${said.trim().split("\n").slice(-2).join(" ")}`, {
      advice: "Export it with its private key, from the expandable entry in Keychain Access.",
    });
  }
}

/** Adds a keychain to the search list, so that codesign uses it. */
export async function addToSearchList(run: CommandRunner, path: string): Promise<void> {
  const before = await searchList(run);
  await run("security", ["list-keychains", "-d", "user", "-s", path, ...before.filter((other) => other !== path)]);
}

/** Removes one keychain from the search list and keeps those that others have added meanwhile. */
export async function removeFromSearchList(run: CommandRunner, path: string): Promise<void> {
  const before = await searchList(run);
  if (!before.includes(path)) return;
  await run("security", ["list-keychains", "-d", "user", "-s", ...before.filter((other) => other !== path)]);
}

/** The user's search list, which `security` prints with quotes, one keychain per line. */
async function searchList(run: CommandRunner): Promise<string[]> {
  const { stdout } = await run("security", ["list-keychains", "-d", "user"], { onOutput: () => undefined });
  return stdout
    .split("\n")
    .map((line) => line.trim().replace(/^"(.*)"$/, "$1"))
    .filter((line) => line !== "");
}
