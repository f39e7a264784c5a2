import { type Expectation, type Kind, partnersOf } from "./expectation.ts";
import type { Finding, ProblemKind } from "./finding.ts";
import { checkApiKey, checkAppPassword, checkP12 } from "./kinds/apple.ts";
import { type OfflineCheck, problem, type Subject } from "./kinds/kind.ts";
import { checkDockerLogin, checkGitHubToken, checkNpmToken, checkPolarSignalsToken } from "./kinds/tokens.ts";
import { NoAnswer, type OnlineCheck, onlineProblem, type Services } from "./online/ask.ts";
import { tryDockerLogin } from "./online/docker.ts";
import { tryGitHubToken } from "./online/github.ts";
import { tryNpmOidc, tryNpmToken } from "./online/npm.ts";

interface KindOfSecret {
  readonly check: OfflineCheck;
  /** Absent where nobody can be asked without using the secret up, or at all. */
  readonly try?: OnlineCheck;
}

const anything: OfflineCheck = () => [];

const KINDS: Readonly<Record<Kind, KindOfSecret>> = {
  p12: { check: checkP12 },
  "apple-app-password": { check: checkAppPassword },
  "apple-api-key": { check: checkApiKey },
  "npm-token": { check: checkNpmToken, try: tryNpmToken },
  "npm-oidc": { check: anything, try: tryNpmOidc },
  "github-token": { check: checkGitHubToken, try: tryGitHubToken },
  "docker-login": { check: checkDockerLogin, try: tryDockerLogin },
  "polarsignals-token": { check: checkPolarSignalsToken },
  nonempty: { check: anything },
};

/** What a runner sets where a job may ask for identity tokens. */
const OIDC_VARIABLES = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];

/** Kinds whose value may end in a line feed: they are files. */
const FILES: readonly Kind[] = ["p12", "apple-api-key"];

export interface Surroundings {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly now: Date;
  readonly expiresWithinDays: number;
  /** Undefined to try nothing online. */
  readonly services: Services | undefined;
}

/** Looks at every expected secret, and finds all that is wrong rather than the first. */
export async function checkSecrets(expectations: readonly Expectation[], where: Surroundings): Promise<Finding[]> {
  const findings = await Promise.all(expectations.map((expectation) => checkSecret(expectation, where)));
  const all = findings.flat();
  // A secret that two others are read with is missing once.
  return all.filter(
    (one, at) => all.findIndex(({ name, problem: kind }) => name === one.name && kind === one.problem) === at,
  );
}

async function checkSecret(expectation: Expectation, where: Surroundings): Promise<Finding[]> {
  const { env, now, expiresWithinDays, services } = where;
  const kind = KINDS[expectation.kind];
  const absent = expectation.kind === "npm-oidc" ? checkOidc(expectation, env) : checkPresence(expectation, env);
  if (absent.length > 0) return absent;
  const value = env[expectation.name] ?? "";
  const subject: Subject = { expectation, value, other: (name) => env[name] ?? "", now, expiresWithinDays };
  const findings = [...checkEdges(subject), ...(await kind.check(subject))];
  if (services === undefined || kind.try === undefined || findings.some(({ level }) => level === "error"))
    return findings;
  try {
    return [...findings, ...(await kind.try(subject, services))];
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return [...findings, onlineProblem(subject, "unverified", error.message)];
  }
}

/** Actions hands over an empty text for a secret that does not exist (misleads 20). */
function checkPresence(expectation: Expectation, env: Readonly<NodeJS.ProcessEnv>): Finding[] {
  return [expectation.name, ...partnersOf(expectation)].flatMap((name): Finding[] => {
    const value = env[name];
    const finding = (problemKind: ProblemKind, message: string): Finding[] => [
      { name, problem: problemKind, level: "error", message },
    ];
    if (value === undefined)
      return finding(
        "missing",
        `it was not handed over: add \`${name}: \${{ secrets.${name} }}\` to the step's \`env\``,
      );
    if (value.trim() !== "") return [];
    return finding("empty", "it is empty: no secret of this name is set here, or it is not passed to this workflow");
  });
}

function checkOidc({ name }: Expectation, env: Readonly<NodeJS.ProcessEnv>): Finding[] {
  if (OIDC_VARIABLES.every((variable) => (env[variable] ?? "") !== "")) return [];
  return [
    {
      name,
      problem: "missing",
      level: "error",
      message: "the job may not ask for identity tokens: give it `id-token: write`",
    },
  ];
}

/** What comes along when a secret is pasted. */
function checkEdges(subject: Subject): Finding[] {
  const { value, expectation } = subject;
  if (!FILES.includes(expectation.kind) && value !== value.trim()) {
    return [problem(subject, "malformed", "it begins or ends with white space, a line feed perhaps")];
  }
  return /^(["']).*\1$/s.test(value)
    ? [problem(subject, "malformed", "it is in quotes, which belong to no secret")]
    : [];
}
