import { readFile } from "node:fs/promises";
import type { Transport } from "@release-actions/http";
import {
  checkPublishing,
  checkRepository,
  identityService,
  isNpmOlder,
  NpmError,
  type NpmRegistry,
  TRUSTED_PUBLISHING_NPM,
} from "@release-actions/npm";
import type { RunFacts } from "@release-actions/release-run";
import type { ActionRunner } from "../action.gen.ts";
import type { BuiltPackage } from "../build/pack.ts";
import type { NpmCli } from "../npm-cli.ts";

/** The credentials for publishing, and whether to create provenance. */
export interface Credentials {
  readonly kind: "token" | "identity" | "none";
  readonly provenance: boolean;
}

/** Chooses the credentials, and whether to create provenance. Sends no requests. */
export async function chooseCredentials(runner: ActionRunner, npm: NpmCli): Promise<Credentials> {
  const { inputs, env } = runner;
  const identity = identityService(env);
  const isHosted = env["RUNNER_ENVIRONMENT"] !== "self-hosted";
  const wish = inputs.provenance;
  const kind = inputs.token !== undefined ? "token" : identity !== undefined ? "identity" : "none";
  if (kind === "none" && !inputs["dry-run"] && inputs.mode === "publish") {
    throw new NpmError("the input `token` is empty, and this job has no OIDC identity to publish with", {
      advice:
        "A secret that does not exist is passed as an empty string: check its name, and that this repository or environment has it. " +
        "To publish without a token, give the job `id-token: write` and make it a trusted publisher of the packages.",
    });
  }
  if (kind === "identity") {
    if (!isHosted) throw selfHosted("publish with its OIDC identity");
    if (isNpmOlder(npm.version, TRUSTED_PUBLISHING_NPM)) {
      throw new NpmError(
        `npm is ${npm.version}, expected ${TRUSTED_PUBLISHING_NPM} or newer to publish with an OIDC identity`,
        {
          advice: "Set up a newer Node.js, or run `npm install --global npm@11` before this step.",
        },
      );
    }
  }
  const isPublic = wish === "auto" && identity !== undefined && isHosted && (await isPublicRepository(env));
  const provenance = wish === "true" || isPublic;
  if (provenance && !inputs["dry-run"]) {
    if (identity === undefined) {
      throw new NpmError("`provenance` is true, but this job has no identity token to sign with", {
        advice: "Give this job the permission `id-token: write`. Jobs of a fork's pull request cannot have it.",
      });
    }
    if (!isHosted) throw selfHosted("attest where packages were built");
  }
  return { kind, provenance };
}

/** Finds refusals before the first upload, because a release with a missing package is broken. */
export async function checkAccess(
  runner: ActionRunner,
  credentials: Credentials,
  packages: readonly (BuiltPackage & { readonly exists: boolean })[],
  registry: NpmRegistry,
  facts: RunFacts,
  transport: Transport,
): Promise<void> {
  if (credentials.kind === "token") {
    const user = await registry.whoami();
    runner.info(`according to ${registry.url.host}, the token belongs to ${user}`);
    await Promise.all(
      packages.map((each) => (each.exists ? checkRights(runner, registry, each.name, user) : undefined)),
    );
  }
  if (credentials.provenance || credentials.kind === "identity") {
    for (const each of packages) requireRepository(each, facts);
  }
  if (credentials.kind !== "identity") return;
  const { inputs, env, signal } = runner;
  const findings = await checkPublishing({
    packages: packages.map(({ name }) => name),
    publish: inputs.publish,
    token: inputs.token,
    npmVersion: undefined,
    env,
    registry,
    transport,
    signal,
    reporter: runner,
    mask: (secret: string) => runner.mask(secret),
  });
  const [first] = findings.filter(({ level }) => level === "error");
  if (first !== undefined) throw new NpmError(first.message, { advice: first.advice });
}

async function checkRights(runner: ActionRunner, registry: NpmRegistry, name: string, user: string): Promise<void> {
  const rights = await registry.collaborators(name);
  const right = rights?.get(user);
  if (rights === undefined || rights.size === 0 || right === "read-write" || right === "write") return;
  if (right !== undefined) {
    throw new NpmError(`${user} may not publish ${name}, only ${right}`, {
      advice: "Ask an owner of the package to give the user write access: `npm access grant read-write`.",
    });
  }
  const message = `${registry.url.host} does not list ${user} as a maintainer of ${name}`;
  runner.problem({ level: "warning", message });
}

/** Checks the field `repository`, since the registry compares it with the job's only after everything is signed. */
function requireRepository({ name, manifest }: BuiltPackage, { serverUrl, repository }: RunFacts): void {
  const finding = checkRepository(name, manifest["repository"], `${serverUrl}/${repository}`);
  if (finding !== undefined) throw new NpmError(finding.message, { advice: finding.advice });
}

function selfHosted(what: string): NpmError {
  return new NpmError(`a self-hosted runner cannot ${what}`, {
    advice: "Run this job on one of GitHub's own runners, or give a `token` and `provenance: false`.",
  });
}

async function isPublicRepository(env: Readonly<NodeJS.ProcessEnv>): Promise<boolean> {
  try {
    const event: unknown = JSON.parse(await readFile(env["GITHUB_EVENT_PATH"] ?? "", "utf8"));
    return Object(Object(event).repository).private === false;
  } catch {
    return false; // The event cannot be read, so it does not say so.
  }
}
