import type { Usage } from "./compare.ts";
import { type Expectation, type Kind, partnersOf } from "./expectation.ts";

function known(name: string, kind: Kind, options: Expectation["options"] = {}): Expectation {
  return { name, kind, options };
}

/** The kinds of secrets with the names that our workflows and READMEs use. Other secrets are judged by their value. */
const KNOWN_NAMES: readonly Expectation[] = [
  known("CODESIGN_CERTIFICATE", "p12", {
    password: "CODESIGN_CERTIFICATE_PASSWORD",
    identity: "CODESIGN_IDENTITY",
  }),
  known("NOTARY_APP_SPECIFIC_PASSWORD", "apple-app-password"),
  known("NOTARY_API_KEY", "apple-api-key"),
  known("NPM_TOKEN", "npm-token"),
  known("NPM_STAGE_TOKEN", "npm-stage-token"),
  known("HOMEBREW_TAP_TOKEN", "github-token"),
  known("HOMEBREW_TAP_APP_KEY", "github-app-key", { "app-id": "HOMEBREW_TAP_APP_ID" }),
  known("RELEASE_APP_PRIVATE_KEY", "github-app-key", { "app-id": "RELEASE_APP_ID" }),
  known("APP_PRIVATE_KEY", "github-app-key", { "app-id": "APP_ID" }),
  known("CARGO_REGISTRY_TOKEN", "crates-token"),
  known("COSIGN_PRIVATE_KEY", "cosign-key", { password: "COSIGN_PASSWORD" }),
  known("SCARF_API_TOKEN", "scarf-token"),
  known("PARCA_TOKEN", "polarsignals-token"),
  known("DOCKER_PASSWORD", "docker-login", { username: "DOCKER_USERNAME" }),
];

/** Options that are required to check a kind. */
const NEEDED: Readonly<Partial<Record<Kind, string>>> = { "docker-login": "username", "github-app-key": "app-id" };

/** Tokens of package registries that accept a job's OIDC identity instead (npm, PyPI, RubyGems, crates.io). */
const REPLACED_BY_IDENTITY = /^(?:\w+_)?(?:NPM|NODE|PYPI|TESTPYPI|RUBYGEMS|CARGO|CRATES)\w*_TOKEN\w*$/;

export interface AutoExpectations {
  readonly expectations: readonly Expectation[];
  /** Names that workflows use, and why they are not checked. */
  readonly notJudged: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * The expected secrets when the input does not list them: every secret that this step received, if a workflow uses it or
 * its name is known. An empty secret counts as missing only if a workflow needs it.
 */
export function autoExpectations(usage: Usage, env: Readonly<NodeJS.ProcessEnv>): AutoExpectations {
  const used = [...new Set(usage.secrets.map(({ name }) => name))];
  const isFilled = (name: string): boolean => (env[name] ?? "").trim() !== "";
  const filled = KNOWN_NAMES.map(({ name }) => name).filter((name) => !used.includes(name) && isFilled(name));
  const partners = KNOWN_NAMES.filter(({ name }) => isFilled(name)).flatMap(partnersOf);
  const expectations: Expectation[] = [];
  const notJudged: { name: string; reason: string }[] = [];
  for (const name of [...used, ...filled].sort()) {
    const reason = isFilled(name) ? undefined : reasonFor(name, usage, env);
    if (reason !== undefined) notJudged.push({ name, reason });
    else if (!partners.includes(name)) expectations.push(expectationFor(name, usage, env));
  }
  return { expectations, notJudged };
}

/** Why an absent or empty secret is acceptable; undefined when it is a fault. */
function reasonFor(name: string, usage: Usage, env: Readonly<NodeJS.ProcessEnv>): string | undefined {
  if (env[name] === undefined) return "this step did not receive it";
  if (usage.handed !== "all" && !usage.handed.includes(name)) return "the calling workflow does not pass it on";
  const uses = usage.secrets.filter((secret) => secret.name === name);
  if (uses.every(({ isOptional }) => isOptional)) return "it is empty, and the workflows do not need it";
  if (REPLACED_BY_IDENTITY.test(name) && uses.every(({ isOptional, hasIdentity }) => isOptional || hasIdentity)) {
    return "it is empty, and the job that uses it may publish with its OIDC identity instead";
  }
  return undefined;
}

/** The kind that is known for a name, with the other secrets that belong to it and can be checked; else `nonempty`. */
function expectationFor(name: string, usage: Usage, env: Readonly<NodeJS.ProcessEnv>): Expectation {
  const found = KNOWN_NAMES.find((each) => each.name === name);
  if (found === undefined) return known(name, "nonempty");
  const isJudged = (partner: string): boolean =>
    (env[partner] ?? "").trim() !== "" || reasonFor(partner, usage, env) === undefined;
  const options = Object.entries(found.options).filter(([, partner]) => isJudged(partner));
  const needed = NEEDED[found.kind];
  if (needed !== undefined && !options.some(([option]) => option === needed)) return known(name, "nonempty");
  return { ...found, options: Object.fromEntries(options) };
}
