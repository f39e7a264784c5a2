import type { ActionRunner } from "./action.gen.ts";

const KEYCHAIN = "keychain";

type State = Pick<ActionRunner, "saveState" | "loadState">;

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
