// A stand-in for security(1), written from its manual page: keychains are files, nothing is encrypted.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { fail, type Keychain, load, option, readKeychain, recordCall, save, writeKeychain } from "./state.ts";

const { args, stdin } = recordCall("security", process.argv.slice(2));
if (args[0] === "-i") {
  for (const line of stdin.split("\n").filter((text) => text !== "")) {
    // Interactive mode prints errors, continues, and ends with exit code 0.
    const said = run([...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ""));
    if (said !== undefined) process.stdout.write(`${said.message}\n`);
  }
} else {
  const said = run(args);
  if (said !== undefined) fail(said.exitCode, said.message);
}

interface Failure {
  readonly exitCode: number;
  readonly message: string;
}

function run(words: readonly string[]): Failure | undefined {
  const [command = "", ...rest] = words;
  const last = rest.at(-1) ?? "";
  const keychain = readKeychain(command === "import" ? (option(rest, "-k") ?? "") : last);
  const missing = { exitCode: 50, message: `security: SecKeychain: The specified keychain could not be found.` };
  switch (command) {
    case "create-keychain":
      if (existsSync(last)) return { exitCode: 48, message: "A keychain with the same name already exists." };
      writeKeychain(last, {
        password: option(rest, "-p") ?? "",
        unlocked: false,
        identities: [],
        profiles: [],
        partitioned: false,
      });
      return undefined;
    case "set-keychain-settings":
      return keychain === undefined ? missing : undefined;
    case "show-keychain-info":
      return keychain?.unlocked === true ? undefined : missing;
    case "unlock-keychain":
      if (keychain === undefined) return missing;
      if (option(rest, "-p") !== keychain.password)
        return { exitCode: 51, message: "The user name or passphrase you entered is not correct." };
      writeKeychain(last, { ...keychain, unlocked: true });
      return undefined;
    case "import":
      return importP12(rest, keychain);
    case "set-key-partition-list":
      return setPartitionList(rest);
    case "find-identity":
      for (const [index, identity] of (keychain?.identities ?? []).entries())
        console.log(`  ${index + 1}) ${identity} "Developer ID"`);
      return undefined;
    case "delete-keychain":
      if (keychain === undefined) return missing;
      rmSync(last);
      save(
        "search-list.json",
        searchList().filter((entry) => entry !== last),
      );
      return undefined;
    case "list-keychains":
      if (rest.includes("-s")) save("search-list.json", rest.slice(rest.indexOf("-s") + 1));
      else for (const entry of searchList()) console.log(`    "${entry}"`);
      return undefined;
    default:
      return { exitCode: 2, message: `security: unknown command "${command}"` };
  }
}

/** `-k` of this command is the password, so the keychain is the last argument. */
function setPartitionList(rest: readonly string[]): Failure | undefined {
  const file = rest.at(-1) ?? "";
  const keychain = readKeychain(file);
  if (keychain === undefined || option(rest, "-k") !== keychain.password)
    return {
      exitCode: 51,
      message: "SecKeychainItemSetAccessWithPassword: The user name or passphrase you entered is not correct.",
    };
  writeKeychain(file, { ...keychain, partitioned: true });
  return undefined;
}

/** macOS can read only the old encryption, so this stand-in requires it. */
function importP12(rest: readonly string[], keychain: Keychain | undefined): Failure | undefined {
  const target = option(rest, "-k") ?? "";
  if (keychain?.unlocked !== true) return { exitCode: 36, message: "User interaction is not allowed." };
  const file = rest[0] ?? "";
  const args = ["pkcs12", "-in", file, "-legacy", "-passin", "stdin", "-nokeys", "-clcerts"];
  const certificate = spawnSync("openssl", args, { input: `${option(rest, "-P")}\n`, encoding: "utf8" });
  const info = spawnSync("openssl", ["pkcs12", "-in", file, "-legacy", "-passin", "stdin", "-info", "-noout"], {
    input: `${option(rest, "-P")}\n`,
    encoding: "utf8",
  });
  const isOld = info.stderr.includes("MAC: sha1") && !info.stderr.includes("PBES2");
  if (certificate.status !== 0 || !isOld)
    return {
      exitCode: 1,
      message: "security: SecKeychainItemImport: MAC verification failed during PKCS12 import (wrong password?)",
    };
  const fingerprint = spawnSync("openssl", ["x509", "-noout", "-fingerprint", "-sha1"], {
    input: certificate.stdout,
    encoding: "utf8",
  });
  const sha1 = fingerprint.stdout.replace(/^.*=/s, "").replaceAll(":", "").trim();
  writeKeychain(target, { ...keychain, identities: [...keychain.identities, sha1] });
  return undefined;
}

function searchList(): string[] {
  return load<string[]>("search-list.json", ["/Users/runner/Library/Keychains/login.keychain-db"]);
}
