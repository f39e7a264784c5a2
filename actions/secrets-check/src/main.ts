import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { runAction } from "@release-actions/action-kit";
import type { CommandRunner } from "@release-actions/command";
import { createFetch } from "@release-actions/http";
import { readText } from "@release-actions/text";
import { contract } from "./action.gen.ts";
import { checkSecrets } from "./check-secrets.ts";
import type { WorkflowFile } from "./compare.ts";
import { type Expectation, expectationsFor, partnersOf, readExpectations } from "./expectation.ts";
import type { Finding } from "./finding.ts";
import { hasNoSecrets } from "./fork.ts";
import type { Services } from "./online/ask.ts";

const RETRY_DELAY_MS = 2000;

void runAction(contract, async (runner) => {
  const { inputs, env, summary } = runner;
  const { compareUsage, findUsage } = await import("./compare.ts");
  const usage = findUsage(await readWorkflows(inputs.workflows));
  const isAuto = inputs.expect.length === 1 && inputs.expect[0] === "auto";
  const expectations = isAuto
    ? expectationsFor(usage.secrets.map(({ name }) => name))
    : readExpectations(inputs.expect);
  for (const name of expectations.flatMap(allNames)) if (env[name]) runner.mask(env[name]);

  if (hasNoSecrets(env)) {
    runner.setOutput("ok", "skipped");
    runner.setOutput("findings", []);
    runner.info("This run is given no secrets, as it comes from a fork or from Dependabot: nothing to check.");
    return;
  }
  const online = async (): Promise<Services> => ({
    fetch: createFetch(env),
    githubApi: env["GITHUB_API_URL"] || "https://api.github.com",
    npmRegistry: inputs["npm-registry"] ?? (await configuredRegistry(runner.exec)),
    dockerAuth: inputs["docker-auth"],
    retryDelayMs: RETRY_DELAY_MS,
    signal: runner.signal,
    mask: (secret: string) => runner.mask(secret),
  });
  const found = await checkSecrets(expectations, {
    env,
    now: new Date(),
    expiresWithinDays: inputs["expires-within"],
    services: inputs.online ? await online() : undefined,
  });
  const findings = [...found, ...(existsSync(inputs.workflows) ? compareUsage(expectations, usage) : [])];
  for (const { name, level, message } of findings) {
    runner.problem({ level, title: `secrets-check: ${name}`, message: `${name}: ${message}` });
  }
  const errors = findings.filter(({ level }) => level === "error");
  runner.setOutput("ok", errors.length === 0);
  runner.setOutput("findings", findings);
  summary.heading("Secrets").table(["secret", "kind", "verdict"], rows(expectations, findings, inputs.online));
  if (errors.length === 0) runner.info(`${expectations.length} secrets are as expected`);
  else
    runner.fail(
      `${errors.length} secrets will not do, and the release would stop at them`,
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

function rows(expectations: readonly Expectation[], findings: readonly Finding[], online: boolean): string[][] {
  const good = online ? "✓ tried, where that is possible" : "✓ well formed";
  const expected = expectations.map((expectation) => {
    const own = findings.filter(({ name }) => allNames(expectation).includes(name));
    return [
      expectation.name,
      expectation.kind,
      own.map(({ name, message }) => `${name}: ${message}`).join("; ") || good,
    ];
  });
  const others = findings
    .filter(({ problem }) => problem === "unexpected")
    .map(({ name, message }) => [name, "-", message]);
  return [...expected, ...others];
}

async function readWorkflows(folder: string): Promise<WorkflowFile[]> {
  const { isStepList } = await import("@release-actions/workflow");
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  const files = names.map((name) => ({ file: name, text: readText(path.join(folder, name), name) }));
  return files.filter(({ file, text }) => !isStepList(text, file));
}
