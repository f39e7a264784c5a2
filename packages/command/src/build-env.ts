import { childEnv, type Environment, FOR_CARGO, FOR_GIT } from "./child-env.ts";

/** Words that make a name that of a secret, as parts between underscores: `NOTARY_APP_SPECIFIC_PASSWORD`, `MY_PAT`. */
const SECRET_WORDS =
  /^(?:TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASS|PWD|PASSPHRASE|PASSCODE|CREDENTIALS?|CREDS?|PATS?|KEYS?|APIKEYS?|CERTS?|CERTIFICATES?|P12|PFX|PEM|P8|AUTH|AUTHTOKEN|OTP|JWT|COOKIES?|WEBHOOKS?|DSN|LOGINS?|NETRC|KUBECONFIG|KEYCHAIN)$/i;

/** Whole names that have such a word and are none. */
const PLAIN_NAMES = /^(?:PWD|OLDPWD|SSH_AUTH_SOCK|KEY_ALGORITHM|SSL_CERT_(?:FILE|DIR))$/i;

/** What gives a value away, whatever its name: keys, tokens with the prefix of their maker, passwords in a URL. */
const SECRET_VALUES =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:gh[pousr]_|github_pat_|npm_|glpat-|dckr_pat_|xox[abprs]-|AKIA|sk_live_)\w{16}|:\/\/[^/\s:@]*:[^/\s@]+@/;

/** The step's own: its inputs, the runner's tokens, and the files that the runner reads commands from. */
const STEP = /^(?:INPUT_|STATE_|ACTIONS_|GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY|EVENT_PATH)$)/i;

/** sccache's storage, while it is in use: without these a build that is set up for it fails. */
const FOR_SCCACHE = /^(?:SCCACHE_\w+|ACTIONS_(?:RESULTS_URL|CACHE_URL|CACHE_SERVICE_V2|RUNTIME_TOKEN)|AWS_\w+)$/;

/**
 * The environment for a build of the workspace's own code, which may read any variable (`env!`, build scripts): all
 * but what is a secret by its name or its value. `withheld` are the names that were left out, for the log.
 */
export function buildEnv(env: Environment): {
  readonly env: Record<string, string | undefined>;
  readonly withheld: readonly string[];
} {
  const isCached = /sccache/.test(env["RUSTC_WRAPPER"] ?? env["CARGO_BUILD_RUSTC_WRAPPER"] ?? "");
  const always = childEnv(env, FOR_CARGO, FOR_GIT, ...(isCached ? [FOR_SCCACHE] : []));
  const passed = Object.entries(env).filter(
    ([name, value]) => Object.hasOwn(always, name) || !(STEP.test(name) || isSecret(name, value)),
  );
  const names = new Set(passed.map(([name]) => name));
  const withheld = Object.keys(env).filter((name) => !names.has(name) && !STEP.test(name));
  return { env: Object.fromEntries(passed), withheld: withheld.sort() };
}

function isSecret(name: string, value: string | undefined): boolean {
  if (SECRET_VALUES.test(value ?? "")) return true;
  return !PLAIN_NAMES.test(name) && name.split(/[_.-]/).some((word) => SECRET_WORDS.test(word));
}
