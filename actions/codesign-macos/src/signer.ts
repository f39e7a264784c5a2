import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { childRunner } from "@release-actions/command";
import {
  addToSearchList,
  createKeychain,
  deleteKeychain,
  importIdentity,
  removeFromSearchList,
} from "@release-actions/macos-keychain";
import { Fault } from "@release-actions/report";
import { encodeForMacos, type SigningIdentity } from "@release-actions/signing-identity";
import type { ActionRunner } from "./action.gen.ts";
import { forgetSignature } from "./forget-signature.ts";

/** The server that codesign uses by default. */
export const APPLE_TIMESTAMP_SERVER = "http://timestamp.apple.com/ts01";

/** Signs one file in place with the identifier. */
export type Signer = (file: string, identifier: string) => Promise<void>;

/** The path of the keychain. The caller saves it for the post step before the keychain is created. */
export function keychainPath(folder: string): string {
  return path.join(folder, "codesign.keychain-db");
}

/** Signs with Apple's own program, and a keychain that exists only during the step. */
export async function codesignSigner(
  runner: ActionRunner,
  identity: SigningIdentity | undefined,
  folder: string,
): Promise<Signer> {
  const { exec, inputs } = runner;
  const signed = [
    ...(inputs.options.length === 0 ? [] : ["--options", inputs.options.join(",")]),
    ...(inputs.entitlements === undefined ? [] : ["--entitlements", inputs.entitlements]),
  ];
  const signer = (args: readonly string[], stamp: string): Signer => {
    return async (target, identifier) =>
      void (await exec("codesign", ["--force", ...args, ...signed, "--identifier", identifier, stamp, target]));
  };
  if (identity === undefined) return signer(["--sign", "-"], "--timestamp=none");
  const file = keychainPath(folder);
  runner.onExit(async () => {
    const run = childRunner(runner.env);
    // Do not use `runner.exec` here: it starts no more programs once the job is cancelled.
    await removeFromSearchList(run, file);
    await deleteKeychain(run, file);
  });
  const keychain = await createKeychain(exec, file);
  const password = randomBytes(24).toString("hex");
  for (const secret of [keychain.password, password]) runner.mask(secret);
  const p12 = path.join(folder, "identity.p12");
  await writeFile(p12, await encodeForMacos(identity, password), { mode: 0o600 });
  await importIdentity(exec, keychain, { file: p12, password, fingerprint: identity.sha1 });
  await addToSearchList(exec, file);
  const timestamp = inputs.timestamp === APPLE_TIMESTAMP_SERVER ? "--timestamp" : `--timestamp=${inputs.timestamp}`;
  return signer(["--sign", identity.sha1, "--keychain", file], timestamp);
}

/** Signs with rcodesign, which works on any system and reads the key and the certificates from files. */
export async function rcodesignSigner(
  runner: ActionRunner,
  identity: SigningIdentity | undefined,
  folder: string,
): Promise<Signer> {
  const { exec, inputs } = runner;
  const found = await exec("rcodesign", ["--version"], { check: false, onOutput: () => undefined });
  if (found.exitCode !== 0) {
    throw new Fault("rcodesign is not on the PATH", {
      advice: "Install it first (`cargo install --locked apple-codesign`), or sign on a macOS runner.",
    });
  }
  const certificate = identity === undefined ? [] : await certificateArgs(identity, folder);
  const timestamp = identity === undefined ? "none" : inputs.timestamp;
  const args = [
    ...["sign", "--config-file", "/dev/null", ...certificate, "--timestamp-url", timestamp],
    ...inputs.options.flatMap((option) => ["--code-signature-flags", option]),
    ...(inputs.entitlements === undefined ? [] : ["--entitlements-xml-file", inputs.entitlements]),
  ];
  return async (target, identifier) => {
    await forgetSignature(target);
    await exec("rcodesign", [...args, "--binary-identifier", identifier, target], { onOutput: () => undefined });
  };
}

/** Writes the key and the certificates to files, because other processes can see a command line. */
async function certificateArgs(identity: SigningIdentity, folder: string): Promise<string[]> {
  const key = path.join(folder, "key.pem");
  await writeFile(key, identity.key.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  const certificate = path.join(folder, "certificate.pem");
  await writeFile(certificate, identity.certificate.x509.toString());
  const chain: string[] = [];
  for (const [index, { x509 }] of identity.chain.entries()) {
    const file = path.join(folder, `issuer-${index}.der`);
    await writeFile(file, x509.raw);
    chain.push("--certificate-der-file", file);
  }
  const team = identity.certificate.organizationalUnit;
  return ["--pem-file", key, "--pem-file", certificate, ...chain, ...(team === undefined ? [] : ["--team-name", team])];
}
