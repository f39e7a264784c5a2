import type { ActionRunner } from "./action.gen.ts";

/** What must not outlive the job. */
export interface Leftovers {
  readonly keychain: string | undefined;
  /** With key files, or half-signed copies. */
  readonly folders: readonly string[];
}

type State = Pick<ActionRunner, "saveState" | "loadState">;

/** Saved before the things are made, so that the post step knows of them whatever happens. */
export function saveLeftovers(runner: State, leftovers: Leftovers): void {
  runner.saveState("leftovers", leftovers);
}

export function readLeftovers(runner: State): Leftovers {
  const state = runner.loadState("leftovers");
  if (typeof state !== "object" || state === null) return { keychain: undefined, folders: [] };
  const keychain = "keychain" in state ? state.keychain : undefined;
  const folders = "folders" in state && Array.isArray(state.folders) ? state.folders : [];
  return {
    keychain: typeof keychain === "string" && keychain.endsWith(".keychain-db") ? keychain : undefined,
    folders: folders.filter((folder) => typeof folder === "string" && /\/(\.)?codesign-macos-[^/]+$/.test(folder)),
  };
}
