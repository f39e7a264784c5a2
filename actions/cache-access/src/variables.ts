/** Variables that give access to the cache service. The runner gives them to actions, but not to `run` steps. */
const NEEDED = ["ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"] as const;
const OPTIONAL = ["ACTIONS_CACHE_URL", "ACTIONS_CACHE_SERVICE_V2"] as const;

/** The variables to pass to later steps; undefined when the runner has no cache or must not use it. */
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
