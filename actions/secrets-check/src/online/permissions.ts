const LEVELS: readonly string[] = ["read", "write", "admin"];

/** The permissions of `contents:write+pull-requests:write` that are not granted. GitHub's names have underscores. */
export function missingPermissions(wanted: string, granted: Readonly<Record<string, unknown>>): string[] {
  return wanted.split(/[+,]/).filter((permission) => {
    const [name = "", level = "read"] = permission.split(":");
    const held = LEVELS.indexOf(String(granted[name.replaceAll("-", "_")]));
    return held < 0 || held < LEVELS.indexOf(level);
  });
}
