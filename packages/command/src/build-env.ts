import { childEnv, type Environment, FOR_CARGO, FOR_GIT } from "./child-env.ts";

/** A variable is a secret if one of these words is a part of its name: `NOTARY_APP_SPECIFIC_PASSWORD`, `MY_PAT`. */
const SECRET_WORDS =
  /^(?:TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASS|PWD|PASSPHRASE|PASSCODE|CREDENTIALS?|CREDS?|PATS?|KEYS?|APIKEYS?|CERTS?|CERTIFICATES?|P12|PFX|PEM|P8|AUTH|AUTHTOKEN|OTP|JWT|COOKIES?|WEBHOOKS?|DSN|LOGINS?|NETRC|KUBECONFIG|KEYCHAIN)$/i;

/** Names that contain such a word but are not secrets. */
const PLAIN_NAMES = /^(?:PWD|OLDPWD|SSH_AUTH_SOCK|KEY_ALGORITHM|SSL_CERT_(?:FILE|DIR))$/i;

/** Values that are secrets whatever their name: private keys, tokens with a known prefix, passwords in a URL. */
const SECRET_VALUES =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:gh[pousr]_|github_pat_|npm_|glpat-|dckr_pat_|xox[abprs]-|AKIA|sk_live_)\w{16}|:\/\/[^/\s:@]*:[^/\s@]+@/;

/** Variables of the step itself: its inputs, the runner's tokens, and the files from which the runner reads commands. */
const STEP = /^(?:INPUT_|STATE_|ACTIONS_|GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY|EVENT_PATH)$)/i;

/** Access to sccache's storage, passed only when sccache wraps rustc: the build fails without it. */
const FOR_SCCACHE = /^(?:SCCACHE_\w+|ACTIONS_(?:RESULTS_URL|CACHE_URL|CACHE_SERVICE_V2|RUNTIME_TOKEN)|AWS_\w+)$/;

/**
 * The environment for a build of the workspace's own code, which may read any variable (`env!`, build scripts). It has
 * all variables except those whose name or value is that of a secret, and those of the step itself. `withheld` has the
 * names of the secrets, for the log.
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
