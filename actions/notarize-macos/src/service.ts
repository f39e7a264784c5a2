import path from "node:path";
import { childRunner } from "@release-actions/command";
import { createKeychain, deleteKeychain } from "@release-actions/macos-keychain";
import {
  type NotaryService,
  notarytoolService,
  restService,
  storeCredentials,
  type World,
} from "@release-actions/notary";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Credentials } from "./credentials.ts";
import { saveKeychainPath } from "./state.ts";

/** Opens the notary service that the credentials are for. */
export async function openService(
  runner: ActionRunner,
  credentials: Credentials,
  world: World,
): Promise<NotaryService> {
  const { "api-url": apiUrl, "s3-url": s3Url } = runner.inputs;
  if (credentials.backend === "api") return restService({ key: credentials.key, world, apiUrl, s3Url });

  const found = await runner.exec("xcrun", ["--find", "notarytool"], { check: false, onOutput: () => undefined });
  if (found.exitCode !== 0) {
    throw new Fault("notarytool was not found: it is part of Xcode 13 or later, on macOS", {
      advice:
        "Run on a macOS runner, or give an API key (`api-key`, `api-key-id`, `api-issuer`): with it any runner works.",
    });
  }
  const keychainPath = path.join(await runner.tempFolder("credentials"), "notary.keychain-db");
  saveKeychainPath(runner, keychainPath);
  // Do not use `runner.exec` here: it starts no more programs once the job is cancelled.
  runner.onExit(() => deleteKeychain(childRunner(runner.env), keychainPath));
  const keychain = await createKeychain(runner.exec, keychainPath);
  runner.mask(keychain.password);
  const options = { run: runner.exec, world, keychain: keychainPath };
  await storeCredentials(options, credentials.login);
  return notarytoolService(options);
}
