import { AccessError, type Transport } from "@release-actions/http";
import { createResultsService, type ResultsService } from "./results-service.ts";

/**
 * Opens the artifact service of the run that this job belongs to.
 *
 * @throws AccessError naming the variable that the runner did not set
 */
export function resultsOfJob(
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly transport: Transport },
): ResultsService {
  // The runner gives these to actions. `run` steps and other runners may not have them.
  const { ACTIONS_RESULTS_URL: url, ACTIONS_RUNTIME_TOKEN: token } = env;
  if (url && token) return createResultsService({ url, token, ...options });
  const missing = url ? "ACTIONS_RUNTIME_TOKEN" : "ACTIONS_RESULTS_URL";
  const server = env["GITHUB_SERVER_URL"] ?? "https://github.com";
  const isEnterprise = !/^https:\/\/(github\.com|[\w-]+\.ghe\.com)$/.test(server);
  throw new AccessError(`the artifacts of this run cannot be reached: the runner did not set ${missing}`, {
    advice: isEnterprise
      ? `${server} may be a GitHub Enterprise Server, which has no artifact service of this version: use the \`file\` input or a registry.`
      : "Only steps with `uses:` get it, not steps with `run:`; start act with --artifact-server-path.",
  });
}
