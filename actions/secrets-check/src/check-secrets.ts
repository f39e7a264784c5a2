import { checkEdges } from "./edges.ts";
import { type Expectation, type Kind, namesOf, partnersOf } from "./expectation.ts";
import type { Finding } from "./finding.ts";
import { checkApiKey, checkAppPassword, checkP12 } from "./kinds/apple.ts";
import { checkCosignKey } from "./kinds/cosign.ts";
import { evidentKind } from "./kinds/evidence.ts";
import { checkAppId, checkAppKey, checkPrivateKey } from "./kinds/keys.ts";
import { type OfflineCheck, problem, type Subject } from "./kinds/kind.ts";
import { checkDockerLogin } from "./kinds/registry-login.ts";
import {
  checkCratesToken,
  checkGitHubToken,
  checkNpmToken,
  checkPolarSignalsToken,
  checkScarfToken,
} from "./kinds/tokens.ts";
import { NoAnswer, type OnlineCheck, type Services } from "./online/ask.ts";
import { tryDockerLogin } from "./online/docker.ts";
import { tryGitHubToken } from "./online/github.ts";
import { tryAppKey } from "./online/github-app.ts";
import { tryNpmOidc, tryNpmToken } from "./online/npm.ts";

interface KindOfSecret {
  readonly check: OfflineCheck;
  /** The online check; absent when no service can check the secret, or only with side effects. */
  readonly try?: OnlineCheck;
}

const anything: OfflineCheck = () => [];

const KINDS: Readonly<Record<Kind, KindOfSecret>> = {
  p12: { check: checkP12 },
  "apple-app-password": { check: checkAppPassword },
  "apple-api-key": { check: checkApiKey },
  "npm-token": { check: checkNpmToken, try: tryNpmToken },
  "npm-stage-token": { check: checkNpmToken, try: tryNpmToken },
  "npm-oidc": { check: anything, try: tryNpmOidc },
  "github-token": { check: checkGitHubToken, try: tryGitHubToken },
  "github-app-id": { check: checkAppId },
  "github-app-key": { check: checkAppKey, try: tryAppKey },
  "docker-login": { check: checkDockerLogin, try: tryDockerLogin },
  // No read-only endpoint of crates.io accepts a token (its `me` routes need a cookie).
  "crates-token": { check: checkCratesToken },
  "cosign-key": { check: checkCosignKey },
  "private-key": { check: checkPrivateKey },
  "scarf-token": { check: checkScarfToken },
  "polarsignals-token": { check: checkPolarSignalsToken },
  nonempty: { check: anything },
};

/** The variables that a runner sets when a job may request identity tokens. */
const OIDC_VARIABLES = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];

export interface Surroundings {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly now: Date;
  readonly expiresWithinDays: number;
  /** Undefined to skip online checks. */
  readonly services: Services | undefined;
}

/** Checks every expected secret, and returns all findings. */
export async function checkSecrets(expectations: readonly Expectation[], where: Surroundings): Promise<Finding[]> {
  const findings = await Promise.all(expectations.map((expectation) => checkSecret(expectation, where)));
  const all = findings.flat();
  // A secret that belongs to two others is reported as missing only once.
  return all.filter(
    (one, at) => all.findIndex(({ name, problem: kind }) => name === one.name && kind === one.problem) === at,
  );
}

async function checkSecret(expectation: Expectation, where: Surroundings): Promise<Finding[]> {
  const { env, now, expiresWithinDays, services } = where;
  const absent = expectation.kind === "npm-oidc" ? checkOidc(expectation, env) : checkPresence(expectation, env);
  if (absent.length > 0) return absent;
  const value = env[expectation.name] ?? "";
  const kind = KINDS[expectation.kind === "nonempty" ? evidentKind(value) : expectation.kind];
  const subject: Subject = { expectation, value, other: (name) => env[name] ?? "", now, expiresWithinDays };
  const edges = [
    ...checkEdges(expectation.name, value, expectation.kind),
    // A password may begin or end with white space, and opening the file shows if it is right; a name must not.
    ...partnersOf(expectation)
      .filter((name) => name !== expectation.options["password"])
      .flatMap((name) => checkEdges(name, env[name] ?? "", "github-app-id")),
  ];
  const findings = [...edges, ...(edges.some(({ level }) => level === "error") ? [] : await kind.check(subject))];
  if (services === undefined || kind.try === undefined || findings.some(({ level }) => level === "error"))
    return findings;
  try {
    return [...findings, ...(await kind.try(subject, services))];
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return [...findings, ...problem(subject, "unverified", error.message)];
  }
}

/** Checks that a secret was passed and is not empty. GitHub passes an empty string for one that does not exist. */
function checkPresence(expectation: Expectation, env: Readonly<NodeJS.ProcessEnv>): Finding[] {
  return namesOf(expectation).flatMap((name): Finding[] => {
    const value = env[name];
    if (value === undefined) {
      const message = `this step did not receive it: add \`${name}: \${{ secrets.${name} }}\` to the step's \`env\``;
      return [{ name, problem: "missing", level: "error", message }];
    }
    if (value.trim() !== "") return [];
    const isPassword = name === expectation.options["password"];
    const without = isPassword ? "; for a file without a password, remove `password=`" : "";
    const message = `it is empty: no secret of this name is set here, or it is not passed to this workflow${without}`;
    return [{ name, problem: "empty", level: "error", message }];
  });
}

function checkOidc({ name }: Expectation, env: Readonly<NodeJS.ProcessEnv>): Finding[] {
  if (OIDC_VARIABLES.every((variable) => (env[variable] ?? "") !== "")) return [];
  const message = "the job may not ask for identity tokens: give it `id-token: write`";
  return [{ name, problem: "missing", level: "error", message }];
}
