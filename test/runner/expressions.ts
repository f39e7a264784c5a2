const EXPRESSION = /\$\{\{\s*([\w.-]+|toJSON\(matrix\))\s*\}\}/g;

/** The contexts that defaults of inputs may name, from the variables that carry the same facts. */
const CONTEXT: Readonly<Record<string, string>> = {
  "github.token": "GITHUB_TOKEN",
  "github.sha": "GITHUB_SHA",
  "github.ref": "GITHUB_REF",
  "github.ref_name": "GITHUB_REF_NAME",
  "github.repository": "GITHUB_REPOSITORY",
  "github.repository_owner": "GITHUB_REPOSITORY_OWNER",
  "github.run_id": "GITHUB_RUN_ID",
  "github.run_attempt": "GITHUB_RUN_ATTEMPT",
  "github.job": "GITHUB_JOB",
  "github.actor": "GITHUB_ACTOR",
  "github.event_name": "GITHUB_EVENT_NAME",
  "github.api_url": "GITHUB_API_URL",
  "github.server_url": "GITHUB_SERVER_URL",
  "github.workspace": "GITHUB_WORKSPACE",
  /** A job's matrix is in no variable of a real runner; tests hand it over in this one. */
  "toJSON(matrix)": "TEST_MATRIX",
  "runner.temp": "RUNNER_TEMP",
  "runner.os": "RUNNER_OS",
  "runner.arch": "RUNNER_ARCH",
  "runner.tool_cache": "RUNNER_TOOL_CACHE",
};

/** Resolves `${{ github.* }}` and `${{ runner.* }}` in an input's default; anything richer is refused. */
export function resolveExpressions(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const resolved = text.replace(EXPRESSION, (whole, name: string) => {
    const variable = Object.hasOwn(CONTEXT, name) ? CONTEXT[name] : undefined;
    if (variable === undefined) throw new Error(`this harness does not know ${whole}`);
    return env[variable] ?? "";
  });
  if (resolved.includes("${{")) throw new Error(`this harness resolves plain names only, not ${text}`);
  return resolved;
}
