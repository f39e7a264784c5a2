const EXPRESSION = /\$\{\{\s*([\w.-]+|toJSON\(matrix\))\s*\}\}/g;

/** The expressions that defaults of inputs may use, and the variables with the same values. */
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
  /** Tests pass a job's matrix in this variable. A real runner has no variable for it. */
  "toJSON(matrix)": "TEST_MATRIX",
  "runner.temp": "RUNNER_TEMP",
  "runner.os": "RUNNER_OS",
  "runner.arch": "RUNNER_ARCH",
  "runner.tool_cache": "RUNNER_TOOL_CACHE",
};

/** Resolves `${{ github.* }}` and `${{ runner.* }}` in an input's default; refuses other expressions. */
export function resolveExpressions(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const resolved = text.replace(EXPRESSION, (whole, name: string) => {
    const variable = Object.hasOwn(CONTEXT, name) ? CONTEXT[name] : undefined;
    if (variable === undefined) throw new Error(`this harness does not know ${whole}`);
    return env[variable] ?? "";
  });
  if (resolved.includes("${{")) throw new Error(`this harness resolves plain names only, not ${text}`);
  return resolved;
}
