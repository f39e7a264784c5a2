import { checkExpiry, type OfflineCheck, problem, type Subject, unknown } from "./kind.ts";

const GITHUB_TOKEN = /^(gh[pousr]_[A-Za-z0-9_.-]{36,}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})$/;
/** npm's granular tokens (docs: "About access tokens"); the older ones without a prefix were revoked. */
const NPM_TOKEN = /^npm_[A-Za-z0-9]{36,}$/;
/** What other registries of npm packages take: GitLab's tokens, JSON Web Tokens, Nexus, Artifactory. */
const OTHER_NPM_TOKEN = /^(gl[a-z]{2,4}-[\w.-]{20,}|eyJ[\w-]+\.[\w-]+\.[\w-]*|NpmToken\.[\w-]+|(AKC|cmVmd)\w{20,})$/;
const BEARER = /^[\x21-\x7e]{8,}$/;

export function isNpmsOwn(token: string): boolean {
  return NPM_TOKEN.test(token);
}

/** A token of npm, or of the registry that `registry` names. */
export const checkNpmToken: OfflineCheck = (subject) => {
  const { value, expectation } = subject;
  const { registry } = expectation.options;
  if (NPM_TOKEN.test(value)) return [];
  if (registry !== undefined) {
    return BEARER.test(value)
      ? []
      : [problem(subject, "malformed", "it has characters that no token has, or is too short")];
  }
  if (expectation.kind === "npm-token" && (GITHUB_TOKEN.test(value) || OTHER_NPM_TOKEN.test(value))) return [];
  return [problem(subject, "malformed", "it is not an npm access token (they begin with npm_)")];
};

/** Every form of token GitHub issues (docs: "GitHub's token formats"). */
export const checkGitHubToken: OfflineCheck = (subject) =>
  matches(
    subject,
    GITHUB_TOKEN,
    "it is not a whole GitHub token (they begin with ghp_, github_pat_, gho_, ghu_ or ghs_)",
  );

/** A token of crates.io: 32 letters and digits, since 2020 behind `cio`. */
export const checkCratesToken: OfflineCheck = (subject) =>
  matches(subject, /^(cio)?[A-Za-z0-9]{32}$/, "it is not a token of crates.io (`cio` and 32 letters and digits)");

export const checkScarfToken: OfflineCheck = (subject) => matches(subject, BEARER, "it is not an API token of Scarf");

/**
 * A user name and a password or access token of one registry. Registries take names such as `acme+ci`, `robot$acme`,
 * `_json_key` and `tenancy/user@example.com`; only what HTTP's Basic scheme cannot carry is wrong (RFC 7617).
 */
export const checkDockerLogin: OfflineCheck = (subject) => {
  const { username = "", registry = "docker.io" } = subject.expectation.options;
  const user = subject.other(username);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  if (/[:\x00-\x20\x7f]/.test(user)) {
    return [
      {
        ...problem(subject, "malformed", "it is not a user name: it has a colon or white space in it"),
        name: username,
      },
    ];
  }
  if (registry !== "docker.io" || !/@.+\./.test(user)) return [];
  return [
    {
      ...unknown(subject, "it looks like an e-mail address; Docker Hub's tokens go with the Docker ID"),
      name: username,
    },
  ];
};

/** A bearer token; where it is a JSON Web Token (RFC 7519), its `exp` counts. */
export const checkPolarSignalsToken: OfflineCheck = (subject) => {
  const expires = jwtExpiry(subject.value);
  if (expires !== undefined) return checkExpiry(subject, "it", expires);
  return matches(subject, /^[\w.~+/=-]{16,}$/, "it is not a bearer token");
};

function matches(subject: Subject, form: RegExp, complaint: string) {
  return form.test(subject.value) ? [] : [problem(subject, "malformed", complaint)];
}

function jwtExpiry(token: string): Date | undefined {
  const [, payload, signature] = token.split(".");
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const { exp }: { exp?: unknown } = Object(JSON.parse(Buffer.from(payload, "base64url").toString()));
    return typeof exp === "number" ? new Date(exp * 1000) : undefined;
  } catch {
    return undefined; // Two dots do not make a JWT.
  }
}
