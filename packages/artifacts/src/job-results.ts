import { AccessError, type Transport } from "@release-actions/http";
import { createResultsService, type ResultsService } from "./results-service.ts";

/** Variables that the runner gives to actions. `run` steps and other runners may not have them. */
const VARIABLES = ["ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"] as const;

/**
 * Opens the artifact service of the run that this job belongs to.
 *
 * @throws AccessError naming the variable that the runner did not set
 */
export function resultsOfJob(
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly transport: Transport },
): ResultsService {
  const missing = VARIABLES.find((name) => !env[name]);
  const [url = "", token = ""] = VARIABLES.map((name) => env[name]);
  if (missing === undefined) return createResultsService({ url, token, ...options });
  const server = env["GITHUB_SERVER_URL"] ?? "https://github.com";
  const isEnterprise = !/^https:\/\/(github\.com|[\w-]+\.ghe\.com)$/.test(server);
  throw new AccessError(`the artifacts of this run cannot be reached: the runner did not set ${missing}`, {
    advice: isEnterprise
      ? `${server} may be a GitHub Enterprise Server, which has no artifact service of this version: use the \`file\` input or a registry.`
      : "Only steps with `uses:` get it, not steps with `run:`; start act with --artifact-server-path.",
  });
}
