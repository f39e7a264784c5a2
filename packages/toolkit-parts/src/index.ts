/**
 * Loads the dependencies that `@actions/artifact` and `@actions/cache` have in common. Code that loads one of them must
 * call this too: the bundler then puts the common parts into separate files, which are the same in every action and are
 * stored once per release.
 */
export async function loadToolkitParts(): Promise<void> {
  await Promise.all([import("./http.ts"), import("./storage.ts")]);
}
