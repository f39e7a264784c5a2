import { Fault } from "@release-actions/report";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Access {
  /** A remote: a URL, or a path on this machine. */
  readonly url: string;
  /** For a remote over HTTPS. */
  readonly token?: string | undefined;
}

export class GitError extends Fault {
  override readonly name = "GitError";
}

/** Nothing of the machine's or a person's git settings may sign, hook into or translate what is committed. */
const SETTINGS: readonly (readonly [key: string, value: string])[] = [
  ["commit.gpgSign", "false"],
  ["core.hooksPath", "/dev/null"],
  ["core.autocrlf", "false"],
  ["credential.helper", ""],
];

/**
 * The environment for a `git` that talks to a remote. The token travels as a header that applies to
 * the remote's own origin, in variables of the child: not in its arguments, where every process of
 * the machine could read it, nor in a URL or a configuration file that would outlive it.
 */
export function gitEnvironment(base: Environment, { url, token }: Access): Environment {
  const settings = [...SETTINGS];
  if (token !== undefined) {
    const scope = new URL(requireWebAddress(url)).origin;
    // Empties what a checkout may have left for the same host, then adds ours.
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
    // Ask nobody: a refused token must fail at once, in words that are the same everywhere.
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    LC_ALL: "C",
    // A git that runs this one (a hook, say) must not point it at its own repository.
    GIT_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_INDEX_FILE: undefined,
    // These print headers, and with them the token.
    GIT_TRACE: undefined,
    GIT_TRACE_CURL: undefined,
    GIT_CURL_VERBOSE: undefined,
  };
}

/** What the token becomes on the wire. To be masked like the token itself. */
export function basicCredential(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString("base64");
}

/** `owner/name` on this GitHub server, or a remote as it is. */
export function remoteUrl(repository: string, serverUrl: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(repository)) return `${serverUrl.replace(/\/+$/, "")}/${repository}.git`;
  // `ext::` and the like run programs (git-remote-ext), and a leading dash would be an option.
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
