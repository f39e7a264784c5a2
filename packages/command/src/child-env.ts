export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables that any program needs to run: paths of programs and folders, language, proxy, trusted certificates. The
 * names are compared without case, as on Windows.
 */
const MACHINE = [
  ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "TMPDIR", "TMP", "TEMP", "TZ", "TERM", "COLORTERM", "HOSTNAME"],
  ["LANG", "LANGUAGE", "LC_\\w+", "XDG_(?:\\w+_HOME|RUNTIME_DIR|DATA_DIRS|CONFIG_DIRS)", "DBUS_SESSION_BUS_ADDRESS"],
  ["NO_COLOR", "(?:CLI)?COLOR(?:_FORCE)?", "FORCE_COLOR", "DEBIAN_FRONTEND", "SOURCE_DATE_EPOCH"],
  ["(?:HTTPS?|ALL|NO|FTP)_PROXY", "NODE_EXTRA_CA_CERTS", "NODE_USE_(?:SYSTEM_CA|ENV_PROXY)"],
  ["SSL_CERT_(?:FILE|DIR)", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CA(?:INFO|PATH)"],
  ["LD_LIBRARY_PATH", "DYLD_(?:FALLBACK_)?(?:LIBRARY|FRAMEWORK)_PATH", "DEVELOPER_DIR", "SDKROOT", "TOOLCHAINS"],
  ["SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "OS", "COMPUTERNAME", "USERNAME", "USERDOMAIN"],
  ["USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "ALLUSERSPROFILE", "ProgramData", "PUBLIC"],
  ["(?:Common)?Program(?:Files|W6432)(?:\\(x86\\))?", "CommonProgramW6432", "NUMBER_OF_PROCESSORS", "PSModulePath"],
  ["PROCESSOR_(?:ARCHITECTURE|ARCHITEW6432|IDENTIFIER|LEVEL|REVISION)", "MSYSTEM", "CHERE_INVOKING"],
  // Variables that identify the run and the runner, but not the runner's token or command files.
  ["CI", "GITHUB_ACTIONS?", "GITHUB_(?:ACTOR|BASE_REF|HEAD_REF|REF|REF_NAME|REF_TYPE|REF_PROTECTED|SHA|WORKSPACE)"],
  [
    "GITHUB_(?:REPOSITORY|REPOSITORY_(?:ID|OWNER|OWNER_ID)|RUN_(?:ID|NUMBER|ATTEMPT)|WORKFLOW|WORKFLOW_(?:REF|SHA)|JOB)",
  ],
  ["GITHUB_(?:SERVER|API|GRAPHQL)_URL", "GITHUB_EVENT_NAME", "GITHUB_ACTOR_ID", "GITHUB_TRIGGERING_ACTOR"],
  ["RUNNER_(?:OS|ARCH|NAME|ENVIRONMENT|TEMP|TOOL_CACHE|WORKSPACE|DEBUG)", "AGENT_TOOLSDIRECTORY", "ImageOS"],
];

/** Folders and settings of the programs that actions start; none of them is a secret. */
const PROGRAMS = [
  ["DOCKER_(?:HOST|CONFIG|CONTEXT|CERT_PATH|TLS|TLS_VERIFY|API_VERSION|DEFAULT_PLATFORM|BUILDKIT)"],
  ["BUILDX_(?:BUILDER|CONFIG|NO_DEFAULT_\\w+)", "BUILDKIT_(?:HOST|PROGRESS)", "REGISTRY_AUTH_FILE"],
  ["RUSTUP_(?:HOME|TOOLCHAIN|DIST_SERVER|UPDATE_ROOT)", "RUST_(?:BACKTRACE|MIN_STACK|TARGET_PATH|LOG)"],
  ["CARGO_(?:HOME|INCREMENTAL|ENCODED_RUSTFLAGS|CACHE_RUSTC_INFO)", "CARGO", "RUSTC", "RUSTDOC", "RUSTC_BOOTSTRAP"],
  ["CARGO_(?:BUILD|PROFILE|TARGET|TERM|NET|HTTP|UNSTABLE|RESOLVER|FEATURE|INSTALL|ALIAS|FUTURE)_\\w+"],
  ["CARGO_REGISTRIES_\\w+_(?:INDEX|PROTOCOL)", "CARGO_REGISTRY_DEFAULT", "RUST(?:DOC)?FLAGS"],
  ["RUSTC_(?:WORKSPACE_)?WRAPPER", "CROSS_(?:CONFIG|CONTAINER_ENGINE)"],
  ["HOMEBREW_(?:PREFIX|CELLAR|REPOSITORY|CACHE|LOGS|TEMP|NO_\\w+|API_DOMAIN|BOTTLE_DOMAIN|BREW_GIT_REMOTE)"],
  ["HOMEBREW_CORE_GIT_REMOTE", "HOMEBREW_DEVELOPER"],
  ["npm_config_(?:registry|userconfig|globalconfig|cache|prefix|cafile|strict_ssl)", "COREPACK_HOME"],
];

const ALLOWED = pattern([...MACHINE, ...PROGRAMS]);

/** Variables that give git settings or other locations, for git and for programs that run git in a user's repository. */
export const FOR_GIT = pattern([
  ["GIT_(?:CONFIG_\\w+|SSH|SSH_\\w+|EXEC_PATH|TEMPLATE_DIR|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)"],
  ["GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)", "GIT_HTTP_\\w+", "GIT_PROTOCOL", "GIT_SSL_NO_VERIFY"],
  ["SSH_AUTH_SOCK", "SSH_AGENT_PID"],
]);

/** Variables with which Docker's credential helpers sign in to their cloud. */
const FOR_CREDENTIAL_HELPERS = pattern([
  ["(?:AWS|GOOGLE|CLOUDSDK|GCLOUD|GCE|GCR|AZURE|ACR|ECS|ECR|GNUPG|PASSWORD_STORE|DOCKER_CREDENTIAL)\\w*"],
]);

/** Access to the crate registries from which a workspace resolves its dependencies. */
export const FOR_CARGO = pattern([
  ["CARGO_REGISTRIES_\\w+", "CARGO_REGISTRY_(?!TOKEN$)\\w+", "CARGO_NET_\\w+", "CARGO_HTTP_\\w+"],
]);

/**
 * The environment for a program that an action starts. It has only the variables that any program needs: no inputs, no
 * tokens, and no variables that the workflow named itself (`DOCKER_PASSWORD`, `MY_PAT`). Variables for one program are
 * added by name: `childEnv(env, FOR_GIT)`.
 */
export function childEnv(env: Environment, ...also: readonly RegExp[]): Record<string, string | undefined> {
  const isWanted = (name: string): boolean => [ALLOWED, ...also].some((allowed) => allowed.test(name));
  return Object.fromEntries(Object.entries(env).filter(([name]) => isWanted(name)));
}

/**
 * `childEnv` with the variables that this program needs as well, for children that are started without an explicit
 * environment.
 */
export function envFor(program: string, env: Environment): Record<string, string | undefined> {
  const name = program.replace(/^.*[\\/]/, "").replace(/\.exe$/i, "");
  if (name === "git") return childEnv(env, FOR_GIT);
  if (name === "cargo") return childEnv(env, FOR_CARGO, FOR_GIT);
  return name.startsWith("docker-credential-") ? childEnv(env, FOR_CREDENTIAL_HELPERS) : childEnv(env);
}

function pattern(names: readonly (readonly string[])[]): RegExp {
  return new RegExp(`^(?:${names.flat().join("|")})$`, "i");
}
