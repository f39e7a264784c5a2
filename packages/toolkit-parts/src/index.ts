/**
 * Loads what `@actions/artifact` and `@actions/cache` have in common. Who loads one of them loads this beside it: the
 * bundler then puts the common parts into files of their own, which are the same in every action, and stand once in a
 * release.
 */
export async function loadToolkitParts(): Promise<void> {
  await Promise.all([import("./http.ts"), import("./storage.ts")]);
}
