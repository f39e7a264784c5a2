import { ask, type Services } from "./ask.ts";

/** Asks GitHub's REST API, with a token of a user or an App. */
export async function askGitHub(services: Services, token: string, path: string): Promise<Response> {
  const headers = {
    authorization: `Bearer ${token}`,
    accept: "application/vnd.github+json",
    "user-agent": "secrets-check",
  };
  return await ask(services, `${services.githubApi}${path}`, { headers });
}

const LEVELS: readonly string[] = ["read", "write", "admin"];

/** The permissions of `contents:write+pull-requests:write` that are not granted. GitHub's names have underscores. */
export function missingPermissions(wanted: string, granted: Readonly<Record<string, unknown>>): string[] {
  return wanted.split(/[+,]/).filter((permission) => {
    const [name = "", level = "read"] = permission.split(":");
    const held = LEVELS.indexOf(String(granted[name.replaceAll("-", "_")]));
    return held < 0 || held < LEVELS.indexOf(level);
  });
}
