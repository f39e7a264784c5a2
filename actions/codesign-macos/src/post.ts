import { rm } from "node:fs/promises";
import { runAction } from "@release-actions/action-kit";
import { contract } from "./action.gen.ts";
import { readLeftovers } from "./state.ts";

/** Removes what the main step left behind if it was killed. In all other cases there is nothing left to remove. */
void runAction(contract, async (runner) => {
  const { keychain, folders } = readLeftovers(runner);
  if (keychain !== undefined) {
    const { deleteKeychain, removeFromSearchList } = await import("@release-actions/macos-keychain");
    await removeFromSearchList(runner.exec, keychain);
    await deleteKeychain(runner.exec, keychain);
  }
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});
