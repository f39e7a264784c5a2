/**
 * Whether the `repository` of a package.json is the repository that provenance will name. The registry ignores `git+` and `.git` and
 * compares the rest case-sensitively ("Failed to validate repository information", E422); so does this.
 *
 * @param expected `https://github.com/Acme/widget`, from the server and the name that GitHub gives the run.
 */
export function namesRepository(field: unknown, expected: string): boolean {
  return repositoryAddress(field, new URL(expected).origin) === expected;
}

/** The address in a `repository` field, which may be a string or an object, in any of the forms that npm accepts. */
export function repositoryAddress(field: unknown, server: string): string {
  const text = typeof field === "string" ? field : String(Object(field).url ?? "");
  const [, short] = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(text) ?? [];
  const address =
    short === undefined
      ? text.replace(/^git\+/, "").replace(/^(?:ssh|git):\/\/(?:[^@/]+@)?|^[^@/:]+@([^:/]+):/, (_, host) => {
          return host === undefined ? "https://" : `https://${host}/`;
        })
      : `${server}/${short}`;
  return address
    .replace(/[#?].*$/, "")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
}
