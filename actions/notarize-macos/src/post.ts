import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { readKeychainPath } from "./state.ts";

/** Removes the keychain and the key file beside it, if the main step was killed before it could do so. */
void runAction(contract, async (runner) => {
  const path = readKeychainPath(runner);
  if (path === undefined) return;
  const { deleteKeychain } = await import("@release-actions/macos-keychain");
  await deleteKeychain(runner.exec, path);
  await rm(dirname(path), { recursive: true, force: true });
});
