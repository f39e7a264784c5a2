import { checkExpiry, formOf, jwtExpiry, malformed, type OfflineCheck, problem, unknown } from "./kind.ts";

/** GitHub's tokens. App and refresh tokens may contain a JSON Web Token; the others must have no second prefix. */
const GITHUB_TOKEN =
  /^(gh[pou]_[A-Za-z0-9]{36,251}|gh[sr]_[A-Za-z0-9_.-]{36,}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})$/;
const GITHUB_PREFIX = /^(?:gh[pousr]_|github_pat_)/;
/** npm's granular tokens (docs: "About access tokens"); the older ones without a prefix were revoked. */
const NPM_TOKEN = /^npm_[A-Za-z0-9]{36,}$/;
/** Tokens of other npm registries: GitLab's, JSON Web Tokens, Nexus's and Artifactory's. */
const OTHER_NPM_TOKEN =
  /^(gl[a-z]{2,4}-[\w.-]{20,}|eyJ[\w-]+\.[\w-]+\.[\w-]*|NpmToken\.[\w-]+|(AKC|cmVmd)\w{20,}={0,2})$/;
/** Prefixes of tokens of other services, which no npm registry accepts. */
const OTHER_MAKERS =
  /^(?:pypi-|dckr_|cio|rubygems_|sk-|sk_|xox[abp]-|A[KS]IA|AIza|hf_|dop_v1_|shp|SG\.|glsa_|npmrc|_auth)/;
/** Tokens in npm's format before 2021. npm has revoked all of them. */
const OLD_NPM_TOKEN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LEAST_UNKNOWN_TOKEN = 20;
const BEARER = /^[\x21-\x7e]{8,}$/;

export function isNpmsOwn(token: string): boolean {
  return NPM_TOKEN.test(token);
}

/** Checks a token of npm, or of the registry in the option `registry`. */
export const checkNpmToken: OfflineCheck = (subject) => {
  const { value, expectation } = subject;
  const { registry } = expectation.options;
  if (NPM_TOKEN.test(value)) return [];
  if (registry !== undefined) {
    return BEARER.test(value) ? [] : malformed(subject, "it has characters that no token has, or is too short");
  }
  if (expectation.kind === "npm-token" && (GITHUB_TOKEN.test(value) || OTHER_NPM_TOKEN.test(value))) return [];
  if (OLD_NPM_TOKEN.test(value)) {
    return problem(
      subject,
      "rejected",
      "it is an npm token in the format used before 2021; npm has revoked all of these",
    );
  }
  const isOfUnknownMaker =
    expectation.kind === "npm-token" &&
    !/npm_|_authToken|\/\//.test(value) &&
    !GITHUB_PREFIX.test(value) &&
    !OTHER_MAKERS.test(value);
  if (isOfUnknownMaker && BEARER.test(value) && value.length >= LEAST_UNKNOWN_TOKEN) {
    return unknown(subject, "it is not a token of npm's own registry: name its registry with registry=https://...");
  }
  return malformed(subject, "it is not an npm access token (they begin with npm_)");
};

/** Checks a token in any of the formats that GitHub issues (docs: "GitHub's token formats"). */
export const checkGitHubToken = formOf(
  GITHUB_TOKEN,
  "it is not a complete GitHub token (they begin with ghp_, github_pat_, gho_, ghu_ or ghs_)",
);

/** Checks a token of crates.io: 32 letters and digits, since 2020 with the prefix `cio`. */
export const checkCratesToken = formOf(
  /^(cio)?[A-Za-z0-9]{32}$/,
  "it is not a token of crates.io (`cio` and 32 letters and digits)",
);

export const checkScarfToken = formOf(BEARER, "it is not an API token of Scarf");

/** Checks a bearer token; if it is a JSON Web Token (RFC 7519), also its `exp`. */
export const checkPolarSignalsToken: OfflineCheck = (subject) => {
  const expires = jwtExpiry(subject.value);
  return expires === undefined ? checkBearerToken(subject) : checkExpiry(subject, "it", expires);
};

const checkBearerToken = formOf(/^[\w.~+/=-]{16,}$/, "it is not a bearer token");
