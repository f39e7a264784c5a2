import { readFile } from "node:fs/promises";
import { createTransport, type Transport } from "@release-actions/http";
import {
  identityService,
  NpmError,
  type NpmRegistry,
  openNpmRegistry,
  requireNpm,
  TRUSTED_PUBLISHING_NPM,
} from "@release-actions/npm";
import type { ActionRunner } from "../action.gen.ts";
import type { NpmCli } from "../npm-cli.ts";

/** What the steps of publishing work with. */
export interface Services {
  readonly runner: ActionRunner;
  readonly npm: NpmCli;
  readonly credentials: Credentials;
  readonly transport: Transport;
  readonly registry: NpmRegistry;
}

export async function openServices(runner: ActionRunner, npm: NpmCli): Promise<Services> {
  const credentials = await chooseCredentials(runner, npm);
  const transport = createTransport({ ...runner.env });
  const options = { transport, token: runner.inputs.token, reporter: runner, signal: runner.signal };
  return { runner, npm, credentials, transport, registry: openNpmRegistry(npm.registry, options) };
}

/** The credentials for publishing, and whether to create provenance. */
export interface Credentials {
  readonly kind: "token" | "identity" | "none";
  readonly provenance: boolean;
}

/** Chooses the credentials, and whether to create provenance. Sends no requests. */
async function chooseCredentials(runner: ActionRunner, npm: NpmCli): Promise<Credentials> {
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
    requireNpm(npm.version, TRUSTED_PUBLISHING_NPM, "publish with an OIDC identity");
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
