import type { ActionRunner } from "./action.gen.ts";

/** Files that must be removed before the job ends. */
export interface Leftovers {
  readonly keychain: string | undefined;
  /** Folders with key files or half-signed copies. */
  readonly folders: readonly string[];
}

type State = Pick<ActionRunner, "saveState" | "loadState">;

/** Saves the paths before the files are created, so that the post step knows them whatever happens. */
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
