import { runAction } from "@release-actions/action-kit";
import type { CommandRunner } from "@release-actions/command";
import { createFetch } from "@release-actions/http";
import { contract } from "./action.gen.ts";
import { autoExpectations } from "./auto.ts";
import { checkSecrets } from "./check-secrets.ts";
import { compareUsage, findUsage } from "./compare.ts";
import { type Expectation, partnersOf, readExpectations } from "./expectation.ts";
import { hasNoSecrets } from "./fork.ts";
import type { Services } from "./online/ask.ts";
import { readWorkflows } from "./read-workflows.ts";
import { summarize } from "./summary.ts";

const RETRY_DELAY_MS = 2000;

void runAction(contract, async (runner) => {
  const { inputs, env } = runner;
  const files = await readWorkflows(inputs.workflows);
  const usage = findUsage(files, env);
  const isAuto = inputs.expect.length === 1 && inputs.expect[0] === "auto";
  const { expectations, notJudged } = isAuto
    ? autoExpectations(usage, env)
    : { expectations: readExpectations(inputs.expect), notJudged: [] };
  for (const name of expectations.flatMap(allNames)) if (env[name]) runner.mask(env[name]);

  runner.setOutput("judged", expectations.flatMap(allNames));
  if (hasNoSecrets(env)) {
    runner.setOutput("ok", "skipped");
    runner.setOutput("findings", []);
    runner.info("This run is given no secrets, as it comes from a fork or from Dependabot: nothing to check.");
    return;
  }
  for (const problem of usage.problems) runner.problem(problem);
  for (const { name, reason } of notJudged) runner.info(`${name} is not judged: ${reason}`);
  const now = new Date();
  const online = async (): Promise<Services> => ({
    fetch: createFetch(env),
    githubApi: env["GITHUB_API_URL"] || "https://api.github.com",
    githubServer: env["GITHUB_SERVER_URL"] || "https://github.com",
    npmRegistry: inputs["npm-registry"] ?? (await configuredRegistry(runner.exec)),
    dockerAuth: inputs["docker-auth"],
    retryDelayMs: RETRY_DELAY_MS,
    signal: runner.signal,
    now,
    mask: (secret: string) => runner.mask(secret),
  });
  const found = await checkSecrets(expectations, {
    ...{ env, now, expiresWithinDays: inputs["expires-within"] },
    services: inputs.online ? await online() : undefined,
  });
  const findings = [...found, ...(isAuto || files.length === 0 ? [] : compareUsage(expectations, usage))];
  for (const { name, level, message } of findings) {
    runner.problem({ level, title: `secrets-check: ${name}`, message: `${name}: ${message}` });
  }
  const errors = findings.filter(({ level }) => level === "error");
  runner.setOutput("ok", errors.length === 0);
  runner.setOutput("findings", findings);
  summarize(runner.summary, { expectations, findings, notJudged, online: inputs.online });
  const names = new Set(errors.map(({ name }) => name)).size;
  if (errors.length === 0) runner.info(`${count(expectations.length, "secret is", "secrets are")} as expected`);
  else
    runner.fail(
      `${count(names, "secret is", "secrets are")} missing or invalid`,
      "Correct them under Settings, Secrets and variables, Actions.",
    );
});

/** Where `npm publish` would go. */
async function configuredRegistry(run: CommandRunner): Promise<string> {
  const { stdout } = await run("npm", ["config", "get", "registry"], { onOutput: () => undefined });
  return stdout.trim();
}

function allNames(expectation: Expectation): string[] {
  return [expectation.name, ...partnersOf(expectation)];
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
