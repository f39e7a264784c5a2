import type { CommandRunner } from "@release-actions/command";
import { type Keychain, KeychainError, security } from "./keychain.ts";

/**
 * Imports a .p12 for the use of codesign alone, which then asks nobody.
 * @param password of the .p12; hex, since it goes through `security`'s own quoting
 * @param fingerprint SHA-1 of the certificate, hex: what the identity is found by
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
  const found = await run("security", ["find-identity", "-p", "codesigning", keychain.path], {
    check: false,
    onOutput: () => undefined,
  });
  if (!found.stdout.toUpperCase().includes(p12.fingerprint.toUpperCase())) {
    throw new KeychainError(`the certificate was not imported: ${said.trim().split("\n").slice(-2).join(" ")}`, {
      advice: "Export it with its private key, from the expandable entry in Keychain Access.",
    });
  }
}

/** Makes codesign look into the keychain too. Returns the list as it was. */
export async function addToSearchList(run: CommandRunner, path: string): Promise<readonly string[]> {
  const before = await searchList(run);
  await run("security", ["list-keychains", "-d", "user", "-s", path, ...before.filter((other) => other !== path)]);
  return before;
}

/** Takes one keychain out of the search list, and leaves what others have put there meanwhile. */
export async function removeFromSearchList(run: CommandRunner, path: string): Promise<void> {
  const before = await searchList(run);
  if (!before.includes(path)) return;
  await run("security", ["list-keychains", "-d", "user", "-s", ...before.filter((other) => other !== path)]);
}

/** The user's list, which `security` prints quoted, one a line. */
async function searchList(run: CommandRunner): Promise<string[]> {
  const { stdout } = await run("security", ["list-keychains", "-d", "user"], { onOutput: () => undefined });
  return stdout
    .split("\n")
    .map((line) => line.trim().replace(/^"(.*)"$/, "$1"))
    .filter((line) => line !== "");
}
