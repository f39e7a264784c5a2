import type { Runner } from "@release-actions/action-kit";
import type { contract } from "./action.gen.ts";

const KEYCHAIN = "keychain";

type State = Pick<Runner<typeof contract>, "saveState" | "loadState">;

/** Saved before the keychain is made, so that the post step finds it whatever happens. */
export function saveKeychainPath(runner: State, path: string): void {
  runner.saveState(KEYCHAIN, path);
}

/** A folder of ours, which the post step may remove. */
const OWN_PATH = /[/\\]notarize-macos-credentials-[^/\\]+[/\\][^/\\]+\.keychain-db$/;

export function readKeychainPath(runner: State): string | undefined {
  const path = runner.loadState(KEYCHAIN);
  return typeof path === "string" && OWN_PATH.test(path) ? path : undefined;
}
