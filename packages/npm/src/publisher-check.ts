import type { Transport } from "@release-actions/http";
import type { Reporter } from "@release-actions/report";
import { NpmError } from "./error.ts";
import { DIRECT_TOKENS_END, STAGING_NPM, TRUSTED_PUBLISHING_NPM } from "./npm-facts.ts";
import { isNpmOlder } from "./npm-version.ts";
import { trustAdvice } from "./refusal.ts";
import type { NpmRegistry } from "./registry.ts";
import { namesRepository, repositoryAddress } from "./repository-field.ts";
import { identityService, identityTokenFor } from "./trusted-publishing.ts";

/** A problem that would stop the publishing job (error), or that its owner should know of (warning). */
export interface PublishingFinding {
  readonly level: "error" | "warning";
  readonly message: string;
  readonly advice: string;
}

/** The packages and credentials to check, and the services that the check uses. */
export interface PublishingQuestion {
  /** All packages of the release; empty when they are not known yet. */
  readonly packages: readonly string[];
  readonly publish: "auto" | "direct" | "stage";
  /** Undefined when the job publishes with its OIDC identity. */
  readonly token: string | undefined;
  /** The environment of the publishing job, when that is a different job: a trusted publisher may be bound to an environment. */
  readonly environment?: string | undefined;
  /** The output of `npm --version` on the runner; undefined when npm was not run. */
  readonly npmVersion?: string | undefined;
  /** The environment variables of this step: GitHub's description of the run, and the URL and token for requesting an identity token. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly registry: NpmRegistry;
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
  /** Called with every token, before it is used. */
  readonly mask: (secret: string) => void;
}

/**
 * Checks whether publishing to npm can work, before anything is built or uploaded. It changes nothing on the registry: it exchanges the
 * job's identity for a token and does not use that token. Before the first upload npm does not reveal whether a token may publish directly
 * or may only stage.
 */
export async function checkPublishing(question: PublishingQuestion): Promise<readonly PublishingFinding[]> {
  const { token, publish, npmVersion } = question;
  const findings: PublishingFinding[] = [];
  if (publish === "stage") findings.push(...tooOld(npmVersion, STAGING_NPM, "stage"));
  if (token === undefined) return [...findings, ...(await checkIdentity(question))];
  if (publish === "direct") {
    findings.push({
      level: "warning",
      message: `npm accepts direct publishing with a token only until ${DIRECT_TOKENS_END}`,
      advice: "Set up this workflow as a trusted publisher of the packages, or use `publish: stage`.",
    });
  }
  return findings;
}

async function checkIdentity(question: PublishingQuestion): Promise<readonly PublishingFinding[]> {
  const { env, npmVersion, packages } = question;
  if (env["RUNNER_ENVIRONMENT"] === "self-hosted") {
    const advice = "Run this job on one of GitHub's own runners, or give it a `token` and `provenance: false`.";
    return [{ level: "error", message: "a self-hosted runner cannot publish with its OIDC identity", advice }];
  }
  const findings = [...tooOld(npmVersion, TRUSTED_PUBLISHING_NPM, "publish by identity")];
  const absent: string[] = [];
  for (const name of packages) {
    if ((await question.registry.packument(name)) === undefined) absent.push(name);
  }
  if (absent.length > 0) {
    findings.push({
      level: "error",
      message: `${absent.join(", ")} ${absent.length === 1 ? "does" : "do"} not exist: a trusted publisher cannot create a package`,
      advice:
        "Publish it once with a `token` (with `publish: stage` npm shows a placeholder 0.0.0-stage until a maintainer approves it), then name this workflow as its trusted publisher on the registry.",
    });
  }
  const present = packages.filter((name) => !absent.includes(name));
  return [...findings, ...(await untrusted(question, present))];
}

/** When a publisher does not match, the registry answers only 404, so the advice is written from the claims of the job's identity token. */
async function untrusted(
  question: PublishingQuestion,
  packages: readonly string[],
): Promise<readonly PublishingFinding[]> {
  const identity = identityService(question.env);
  if (identity === undefined || packages.length === 0) return [];
  const { registry, mask, env } = question;
  const token = await identityTokenFor(registry.url, identity, question);
  mask(token);
  const claims = claimsOf(token);
  if (question.environment !== undefined && question.environment !== (claims.environment ?? "")) {
    const message = `whether ${registry.url.host} trusts the job that publishes ${packages.join(", ")} cannot be checked here: it runs in the environment ${JSON.stringify(question.environment)}, and this job in ${claims.environment === undefined ? "none" : JSON.stringify(claims.environment)}`;
    return [{ level: "warning", message, advice: trustAdvice(workflowOf(claims, env), question.environment) }];
  }
  const refused: string[] = [];
  for (const name of packages) {
    const short = await registry.exchange(name, token);
    if (short === undefined) refused.push(name);
    else mask(short);
  }
  if (refused.length === 0) return [];
  const workflow = workflowOf(claims, env);
  const message = `${registry.url.host} does not trust ${workflow ?? "this workflow"} to publish ${refused.join(", ")}`;
  return [{ level: "error", message, advice: trustAdvice(workflow, claims.environment ?? "") }];
}

function workflowOf({ workflow }: { readonly workflow: string | undefined }, env: PublishingQuestion["env"]) {
  return workflow ?? env["GITHUB_WORKFLOW_REF"];
}

/**
 * Compares the `repository` of a package.json with where its job runs, as the registry does after everything was signed: capitals count.
 *
 * @param address `https://github.com/Acme/widget`, as GitHub writes the name.
 */
export function checkRepository(name: string, field: unknown, address: string): PublishingFinding | undefined {
  if (namesRepository(field, address)) return undefined;
  const said = typeof field === "string" ? field : String(Object(field).url ?? "");
  const isCase = repositoryAddress(field, new URL(address).origin).toLowerCase() === address.toLowerCase();
  return {
    level: "error",
    message: `${name} has the \`repository\` ${JSON.stringify(said)}, expected ${address}, where this job runs${isCase ? ": only the capitals differ, but npm compares them too" : ""}`,
    advice: "Correct it in `fields`, the template or the base package: the registry refuses provenance otherwise.",
  };
}

/** The claims of an identity token about its job (GitHub docs, "OpenID Connect reference"). They are not verified, because the token is this job's own. */
export function claimsOf(token: string): {
  readonly workflow: string | undefined;
  readonly environment: string | undefined;
} {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const text = (name: string): string | undefined => {
      const value: unknown = Object(claims)[name];
      return typeof value === "string" && value !== "" ? value : undefined;
    };
    return { workflow: text("workflow_ref"), environment: text("environment") };
  } catch {
    return { workflow: undefined, environment: undefined }; // The token does not have the form that GitHub documents.
  }
}

/** @throws NpmError when npm is too old for something, such as `stage`. */
export function requireNpm(found: string, oldest: string, purpose: string): void {
  const [finding] = tooOld(found, oldest, purpose);
  if (finding !== undefined) throw new NpmError(finding.message, { advice: finding.advice });
}

function tooOld(found: string | undefined, oldest: string, purpose: string): PublishingFinding[] {
  if (found === undefined || !isNpmOlder(found, oldest)) return [];
  return [
    {
      level: "error",
      message: `npm is ${found}, expected ${oldest} or newer to ${purpose}`,
      advice: "Set up a newer Node.js, or run `npm install --global npm@11` before this step.",
    },
  ];
}
