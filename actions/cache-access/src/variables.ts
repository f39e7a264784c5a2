/** What a runner tells actions of the cache service, and hides from the commands of a step. */
const NEEDED = ["ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"] as const;
const OPTIONAL = ["ACTIONS_CACHE_URL", "ACTIONS_CACHE_SERVICE_V2"] as const;

/** The variables to hand on; undefined where the runner has no cache, or must not use it. */
export function cacheVariables(
  env: Readonly<NodeJS.ProcessEnv>,
  inTagRuns: boolean,
): Readonly<Record<string, string>> | undefined {
  if (env["GITHUB_REF_TYPE"] === "tag" && !inTagRuns) return undefined;
  if (NEEDED.some((name) => (env[name] ?? "") === "")) return undefined;
  const present = [...NEEDED, ...OPTIONAL].flatMap((name): [string, string][] =>
    env[name] ? [[name, env[name]]] : [],
  );
  return Object.fromEntries(present);
}
