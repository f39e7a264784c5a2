import type { ActionRunner } from "./action.gen.ts";

const KEYCHAIN = "keychain";

type State = Pick<ActionRunner, "saveState" | "loadState">;

/** Saves the path before the keychain is created, so that the post step finds it whatever happens. */
export function saveKeychainPath(runner: State, path: string): void {
  runner.saveState(KEYCHAIN, path);
}

/** The pattern of the keychain paths that this action creates; the post step removes no others. */
const OWN_PATH = /[/\\]notarize-macos-credentials-[^/\\]+[/\\][^/\\]+\.keychain-db$/;

export function readKeychainPath(runner: State): string | undefined {
  const path = runner.loadState(KEYCHAIN);
  return typeof path === "string" && OWN_PATH.test(path) ? path : undefined;
}
