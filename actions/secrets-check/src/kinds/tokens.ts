import { checkExpiry, type OfflineCheck, problem, type Subject } from "./kind.ts";

/** npm's granular tokens (docs: "About access tokens"); the older ones without a prefix were revoked. */
export const checkNpmToken: OfflineCheck = (subject) =>
  matches(subject, /^npm_[A-Za-z0-9]{36,}$/, "it is no npm access token, which begins with npm_");

/** Every form of token GitHub issues (docs: "GitHub's token formats"). */
export const checkGitHubToken: OfflineCheck = (subject) =>
  matches(
    subject,
    /^(gh[pousr]_[A-Za-z0-9_.-]{36,}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})$/,
    "it is no GitHub token, which begins with ghp_, github_pat_, gho_, ghu_ or ghs_",
  );

/** A user name and a password or access token of one registry. */
export const checkDockerLogin: OfflineCheck = (subject) => {
  const { username = "" } = subject.expectation.options;
  if (/^[A-Za-z0-9][\w.-]*$/.test(subject.other(username)) || subject.other(username) === "") return [];
  return [problem(subject, "malformed", `${username} is no user name, but perhaps an e-mail address`)];
};

/** A bearer token; where it is a JSON Web Token (RFC 7519), its `exp` counts. */
export const checkPolarSignalsToken: OfflineCheck = (subject) => {
  const expires = jwtExpiry(subject.value);
  if (expires !== undefined) return checkExpiry(subject, "it", expires);
  return matches(subject, /^[\w.~+/=-]{16,}$/, "it is no bearer token");
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
