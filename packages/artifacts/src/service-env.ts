import { Fault } from "@release-actions/report";

/** Where the job's results service is, and the token that opens it. */
export interface ServiceEnv {
  readonly url: string;
  readonly token: string;
}

const VARIABLES = ["ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"] as const;

/**
 * Reads what a runner hands to the actions of a job.
 *
 * @throws Fault naming the variable that is missing (F94), or a server that has no such service (F95)
 */
export function readServiceEnv(env: Readonly<NodeJS.ProcessEnv>): ServiceEnv {
  const server = URL.parse(env["GITHUB_SERVER_URL"] ?? "https://github.com");
  if (server !== null && !/(^|\.)(github\.com|ghe\.com|localhost)$/i.test(server.hostname)) {
    throw new Fault(`${server.host} is a GitHub Enterprise Server, which has no artifact service of version 4`, {
      advice: "Hand the file over another way, such as a registry or a cache.",
    });
  }
  const missing = VARIABLES.filter((name) => (env[name] ?? "") === "");
  if (missing.length > 0) {
    throw new Fault(`${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not set`, {
      advice:
        "A runner sets them for the steps that use an action, not for `run:` steps. With act, start its artifact server: --artifact-server-path.",
    });
  }
  const [url = "", token = ""] = VARIABLES.map((name) => env[name]);
  return { url, token };
}
