import { Fault } from "@release-actions/report";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Access {
  /** A remote: a URL, or a path on this machine. */
  readonly url: string;
  /** The token for a remote over HTTPS. */
  readonly token?: string | undefined;
}

export class GitError extends Fault {
  override readonly name = "GitError";
}

/** Settings that keep the machine's or user's git configuration from signing commits, running hooks or converting line ends. */
const SETTINGS: readonly (readonly [key: string, value: string])[] = [
  ["commit.gpgSign", "false"],
  ["core.hooksPath", "/dev/null"],
  ["core.autocrlf", "false"],
  ["credential.helper", ""],
];

/**
 * The environment for a `git` that talks to a remote. Variables of the child set a header with the token that applies
 * only to the remote's origin. The token is not in the arguments, which every process on the machine could read, nor in
 * a URL or a configuration file that would remain afterwards.
 *
 * @throws GitError for a token with a remote that does not use HTTPS
 */
export function gitEnvironment(base: Environment, { url, token }: Access): Environment {
  const settings = [...SETTINGS];
  if (token !== undefined) {
    const scope = new URL(requireWebAddress(url)).origin;
    // The empty value removes headers that a checkout may have set for the same host.
    settings.push(
      [`http.${scope}/.extraHeader`, ""],
      [`http.${scope}/.extraHeader`, `Authorization: Basic ${basicCredential(token)}`],
    );
  }
  const first = Number(base["GIT_CONFIG_COUNT"] ?? 0);
  const entries = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, key],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ]);
  return {
    ...base,
    ...Object.fromEntries(entries),
    GIT_CONFIG_COUNT: String(first + settings.length),
    // Without prompts, a refused token fails at once; with LC_ALL, error messages are in English.
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    LC_ALL: "C",
    // If this process runs inside another git, such as in a hook, that git's repository must not be used.
    GIT_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_INDEX_FILE: undefined,
    // These variables make git print headers, including the token.
    GIT_TRACE: undefined,
    GIT_TRACE_CURL: undefined,
    GIT_CURL_VERBOSE: undefined,
  };
}

/** The form in which the token is sent. It must be masked like the token itself. */
export function basicCredential(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString("base64");
}

/**
 * The URL of `owner/name` on this GitHub server; any other remote is returned unchanged.
 *
 * @throws GitError for anything that is not a remote, or that contains a password
 */
export function remoteUrl(repository: string, serverUrl: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(repository)) return `${serverUrl.replace(/\/+$/, "")}/${repository}.git`;
  // Remotes such as `ext::` run programs (git-remote-ext), and git would read a leading dash as an option.
  if (/^(-|[\w+]+::)/.test(repository) || /[\s\0]/.test(repository)) {
    throw new GitError(`${JSON.stringify(repository)} is not a git remote, expected owner/name, a URL or a path`);
  }
  if (URL.canParse(repository) && new URL(repository).password !== "") {
    throw new GitError("the git remote contains a password", { advice: "Pass the token in its own input." });
  }
  return repository;
}

function requireWebAddress(url: string): string {
  if (/^https:\/\//.test(url) || /^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url)) return url;
  throw new GitError(`a token was given for ${url}, but tokens are sent over https only`);
}
