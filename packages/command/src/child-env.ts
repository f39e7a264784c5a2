export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a program needs to run on a machine: where programs and folders are, its language, the way through a proxy,
 * which certificates to trust. Compared without case, as Windows does.
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
  // Which run and which runner this is; neither its token nor the files that it reads commands from.
  ["CI", "GITHUB_ACTIONS?", "GITHUB_(?:ACTOR|BASE_REF|HEAD_REF|REF|REF_NAME|REF_TYPE|REF_PROTECTED|SHA|WORKSPACE)"],
  [
    "GITHUB_(?:REPOSITORY|REPOSITORY_(?:ID|OWNER|OWNER_ID)|RUN_(?:ID|NUMBER|ATTEMPT)|WORKFLOW|WORKFLOW_(?:REF|SHA)|JOB)",
  ],
  ["GITHUB_(?:SERVER|API|GRAPHQL)_URL", "GITHUB_EVENT_NAME", "GITHUB_ACTOR_ID", "GITHUB_TRIGGERING_ACTOR"],
  ["RUNNER_(?:OS|ARCH|NAME|ENVIRONMENT|TEMP|TOOL_CACHE|WORKSPACE|DEBUG)", "AGENT_TOOLSDIRECTORY", "ImageOS"],
];

/** Where the programs that actions start have their own folders and settings, none of which is a secret. */
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

const ALLOWED = pattern([...MACHINE, ...PROGRAMS].flat());

/** Variables of git that point it elsewhere or hand it settings: for git and what runs git for a person's repository. */
export const FOR_GIT = pattern(
  [
    ["GIT_(?:CONFIG_\\w+|SSH|SSH_\\w+|EXEC_PATH|TEMPLATE_DIR|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)"],
    ["GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)", "GIT_HTTP_\\w+", "GIT_PROTOCOL", "GIT_SSL_NO_VERIFY"],
    ["SSH_AUTH_SOCK", "SSH_AGENT_PID"],
  ].flat(),
);

/** How a credential helper of Docker signs in at the cloud whose registry it serves. */
const FOR_CREDENTIAL_HELPERS = pattern(
  [["(?:AWS|GOOGLE|CLOUDSDK|GCLOUD|GCE|GCR|AZURE|ACR|ECS|ECR|GNUPG|PASSWORD_STORE|DOCKER_CREDENTIAL)\\w*"]].flat(),
);

/** Access to the registries of crates that a workspace resolves against. */
export const FOR_CARGO = pattern(
  [["CARGO_REGISTRIES_\\w+", "CARGO_REGISTRY_(?!TOKEN$)\\w+", "CARGO_NET_\\w+", "CARGO_HTTP_\\w+"]].flat(),
);

/**
 * The environment for a program that an action starts: what a program needs, and nothing else that the step was
 * given. Neither inputs nor tokens nor anything under a name of the step's own choice (`DOCKER_PASSWORD`, `MY_PAT`)
 * is in it. What one program needs beside it is named: `childEnv(env, FOR_GIT)`.
 */
export function childEnv(env: Environment, ...also: readonly RegExp[]): Record<string, string | undefined> {
  return chosen(env, (name) => [ALLOWED, ...also].some((allowed) => allowed.test(name)));
}

/** `childEnv` with what this program needs beside, for children that are started without an environment of their own. */
export function envFor(program: string, env: Environment): Record<string, string | undefined> {
  const name = program.replace(/^.*[\\/]/, "").replace(/\.exe$/i, "");
  if (name === "git") return childEnv(env, FOR_GIT);
  if (name === "cargo") return childEnv(env, FOR_CARGO, FOR_GIT);
  return name.startsWith("docker-credential-") ? childEnv(env, FOR_CREDENTIAL_HELPERS) : childEnv(env);
}

function chosen(env: Environment, isWanted: (name: string) => boolean): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => isWanted(name)));
}

function pattern(names: readonly string[]): RegExp {
  return new RegExp(`^(?:${names.join("|")})$`, "i");
}
