import { NpmError } from "./error.ts";

/** npm's own limit (npm docs, package.json, "name"). */
const MAX_NAME_LENGTH = 214;

/** Refuses what the registry would not take as the name of a new package (B150). */
export function requirePackageName(name: string): string {
  if (name.length <= MAX_NAME_LENGTH && /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(name)) {
    return name;
  }
  throw new NpmError(
    `${JSON.stringify(name)} is not a valid name of an npm package, expected lowercase letters, digits, \`-\`, \`.\` and \`_\`, with or without an @scope/`,
  );
}

/** `@acme` of `@acme/widget`; undefined without a scope. */
export function scopeOf(name: string): string | undefined {
  return /^(@[^/]+)\//.exec(name)?.[1];
}

/** As the registry wants it in a path: the slash of a scope is encoded, its `@` is not. */
export function escapeName(name: string): string {
  return name.replace("/", "%2f");
}

/** The file that `npm pack` would write. */
export function tarballName(name: string, version: string): string {
  return `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;
}
