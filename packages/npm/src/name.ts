import { NpmError } from "./error.ts";

/** npm's limit for the length of a name (npm docs, package.json, "name"). */
const MAX_NAME_LENGTH = 214;

/**
 * Checks that the registry accepts a name for a new package.
 *
 * @throws NpmError
 */
export function requirePackageName(name: string): string {
  if (name.length <= MAX_NAME_LENGTH && /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(name)) {
    return name;
  }
  throw new NpmError(
    `${JSON.stringify(name)} is not a valid name of an npm package, expected lowercase letters, digits, \`-\`, \`.\` and \`_\`, with or without an @scope/`,
  );
}

/** The name in the form for paths of the registry: the slash of a scope is encoded, its `@` is not. */
export function escapeName(name: string): string {
  return name.replace("/", "%2f");
}

/** The name of the file that `npm pack` would write. */
export function tarballName(name: string, version: string): string {
  return `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;
}
