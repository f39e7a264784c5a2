import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { readKeychainPath } from "./state.ts";

/** Removes the keychain with the credentials, should the main step have been killed before it could. */
void runAction(contract, async (runner) => {
  const path = readKeychainPath(runner);
  if (path === undefined) return;
  const { deleteKeychain } = await import("@release-actions/macos-keychain");
  await deleteKeychain(runner.exec, path);
});
