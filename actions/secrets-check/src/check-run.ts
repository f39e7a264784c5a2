import { workspaceFolder } from "@release-actions/action-kit";
import type { CommandRunner } from "@release-actions/command";
import { createFetch } from "@release-actions/http";
import { countOf } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import { autoExpectations } from "./auto.ts";
import { checkSecrets } from "./check-secrets.ts";
import { compareUsage, findUsage } from "./compare.ts";
import { namesOf, readExpectations } from "./expectation.ts";
import { hasNoSecrets } from "./fork.ts";
import { checkNpmJobs } from "./npm-publishing.ts";
import type { Services } from "./online/ask.ts";
import { readWorkflowFolder } from "./read-workflow-folder.ts";
import { summarize } from "./summary.ts";

const RETRY_DELAY_MS = 2000;

/** Reads which secrets the workflows use, checks each expected one, and reports what is missing or invalid. */
export async function checkRun(runner: ActionRunner): Promise<void> {
  const { inputs, env } = runner;
  const files = await readWorkflowFolder(inputs.workflows);
  const usage = findUsage(files, env);
  const isAuto = inputs.expect.length === 1 && inputs.expect[0] === "auto";
  const { expectations, notJudged } = isAuto
    ? autoExpectations(usage, env)
    : { expectations: readExpectations(inputs.expect), notJudged: [] };
  for (const name of expectations.flatMap(namesOf)) if (env[name]) runner.mask(env[name]);

  runner.setOutput("judged", expectations.flatMap(namesOf));
  if (hasNoSecrets(env)) {
    runner.setOutput("ok", "skipped");
    runner.setOutput("findings", []);
    runner.info("This run gets no secrets, because it comes from a fork or from Dependabot: nothing to check.");
    return;
  }
  for (const problem of usage.problems) runner.problem(problem);
  for (const { name, reason } of notJudged) runner.info(`${name} is not checked: ${reason}`);
  const now = new Date();
  const mask = (secret: string): void => runner.mask(secret);
  const githubServer = env["GITHUB_SERVER_URL"] || "https://github.com";
  const online = async (): Promise<Services> => {
    const registry = inputs["npm-registry"] ?? (await configuredRegistry(runner.exec));
    const { signal } = runner;
    return {
      fetch: createFetch(env),
      githubApi: env["GITHUB_API_URL"] || "https://api.github.com",
      githubServer,
      dockerAuth: inputs["docker-auth"],
      retryDelayMs: RETRY_DELAY_MS,
      signal,
      now,
      mask,
      npm: { env, registry, npmVersion: await versionOfNpm(runner.exec), signal, reporter: runner, mask },
    };
  };
  const services = inputs.online ? await online() : undefined;
  const found = await checkSecrets(expectations, { env, now, expiresWithinDays: inputs["expires-within"], services });
  const address = `${githubServer}/${env["GITHUB_REPOSITORY"] ?? ""}`;
  const where = { workspace: workspaceFolder(env), repository: address };
  const ofNpm = isAuto ? await checkNpmJobs(usage.npmJobs, services?.npm, where) : [];
  const findings = [...found, ...ofNpm, ...(isAuto || files.length === 0 ? [] : compareUsage(expectations, usage))];
  for (const { name, level, message } of findings) {
    runner.problem({ level, title: `secrets-check: ${name}`, message: `${name}: ${message}` });
  }
  const errors = findings.filter(({ level }) => level === "error");
  runner.setOutput("ok", errors.length === 0);
  runner.setOutput("findings", findings);
  summarize(runner.summary, { expectations, findings, notJudged, online: inputs.online });
  const isOfNpm = new Set<unknown>(ofNpm);
  const names = new Set(errors.filter((error) => !isOfNpm.has(error)).map(({ name }) => name)).size;
  if (errors.length === 0) runner.info(`${countOf(expectations.length, "secret is", "secrets are")} as expected`);
  else
    runner.fail(
      names === 0 ? "publishing to npm would fail" : `${countOf(names, "secret is", "secrets are")} missing or invalid`,
      names === 0 ? "See the findings above." : "Correct them under Settings, Secrets and variables, Actions.",
    );
}

/** The registry that `npm publish` would use. */
async function configuredRegistry(run: CommandRunner): Promise<string> {
  const { stdout } = await run("npm", ["config", "get", "registry"], { onOutput: () => undefined });
  return stdout.trim();
}

/** The version of npm; undefined without npm, in which case this runner does not publish either. */
async function versionOfNpm(run: CommandRunner): Promise<string | undefined> {
  const options = { onOutput: () => undefined, check: false };
  const { stdout, exitCode } = await run("npm", ["--version"], options);
  return exitCode === 0 ? stdout.trim() : undefined;
}
