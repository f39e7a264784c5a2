/**
 * Whether the `repository` of a package.json is the repository that provenance will name, as the registry compares them: without `git+`
 * and `.git`, and capitals as they are ("Failed to validate repository information", E422).
 *
 * @param expected `https://github.com/Acme/widget`, from the server and the name that GitHub gives the run.
 */
export function namesRepository(field: unknown, expected: string): boolean {
  return repositoryAddress(field, new URL(expected).origin) === expected;
}

/** The address in a `repository` field, which may be a text or an object, in any of the forms that npm takes. */
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
