import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { CommandResult } from "@release-actions/command";
import { isNpmOlder, NpmError, type NpmFailure, registryUrl } from "@release-actions/npm";
import type { ActionRunner } from "./action.gen.ts";

export interface PublishOptions {
  /** Whether the version waits for approval. */
  readonly staged: boolean;
  readonly tag: string;
  readonly access: "public" | "restricted" | undefined;
  readonly provenance: boolean;
  /** Whether npm may use the job's identity, to publish or to attest. */
  readonly identity: boolean;
}

export type NpmCli = Awaited<ReturnType<typeof openNpm>>;

/** The variable that passes the token to npm. The configuration names it, so no file or argument has the token. */
const TOKEN_VARIABLE = "NPM_PUBLISH_TOKEN";
const PASSED_ON = /^(PATH|SystemRoot|PATHEXT|LANG|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|(https?|all|no)_proxy)$/i;
/** The variables of a run that npm reads for provenance and trusted publishing; GITHUB_TOKEN is not one of them. */
const IDENTITY = /^(CI|GITHUB_(?!TOKEN$)\w+|RUNNER_\w+|ACTIONS_ID_TOKEN_REQUEST_(URL|TOKEN)|SIGSTORE_\w+)$/;
const OLDEST_NPM = "9.5.0";

/** The machine's npm with a configuration of its own: without the user's tokens, and with one registry only. */
export async function openNpm(runner: ActionRunner) {
  const home = await runner.tempFolder("npm");
  const userconfig = path.join(home, "user.npmrc");
  const plain = {
    ...chosen(runner.env, PASSED_ON),
    HOME: home,
    TMPDIR: home,
    npm_config_userconfig: userconfig,
    npm_config_cache: path.join(home, "cache"),
    npm_config_globalconfig: path.join(home, "global.npmrc"),
    npm_config_update_notifier: "false",
  };
  await mkdir(path.join(home, "work"));
  const npm = (
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>> = {},
  ): Promise<CommandResult> =>
    runner.exec("npm", args, {
      cwd: path.join(home, "work"),
      env: { ...plain, ...env },
      check: false,
      onOutput: (_stream, text) => runner.debug(text.trimEnd()),
    });
  // Do not let npm retry: this action retries, and asks the registry in between what it has.
  const settings = "fetch-retries=0\nfund=false\naudit=false\n";
  await writeFile(userconfig, settings, { mode: 0o600 });
  const version = requireVersion(await npm(["--version"]));
  const { inputs } = runner;
  const registry = inputs.registry ?? requireSuccess(await npm(["config", "get", "registry"])).stdout.trim();
  const { host, pathname } = registryUrl(registry);
  const login = inputs.token === undefined ? "" : `//${host}${pathname}:_authToken=\${${TOKEN_VARIABLE}}\n`;
  await writeFile(userconfig, `${settings}registry=${registry}\n${login}`, { mode: 0o600 });
  /** @param identity whether npm may use the job's identity */
  const access = (identity: boolean): Readonly<Record<string, string | undefined>> => {
    return { [TOKEN_VARIABLE]: inputs.token, ...(identity ? chosen(runner.env, IDENTITY) : {}) };
  };
  return {
    version,
    registry,
    /** @returns why it was refused; else, for a staged version, its id if npm printed it. */
    publish: async (tarball: string, options: PublishOptions) => {
      const flags = ["--tag", options.tag, "--json", "--ignore-scripts", `--provenance=${options.provenance}`];
      if (options.access !== undefined) flags.push("--access", options.access);
      const command = options.staged ? ["stage", "publish"] : ["publish"];
      const result = await npm([...command, tarball, ...flags], access(options.identity));
      if (result.exitCode !== 0) return { failure: readFailure(result) };
      return { stageId: options.staged ? stageIdIn(result.stdout) : undefined };
    },
    /** @returns why it was refused; undefined when it is set. */
    setTag: async (spec: string, tag: string, identity: boolean) => {
      const result = await npm(["dist-tag", "add", spec, tag, "--json"], access(identity));
      return result.exitCode === 0 ? undefined : readFailure(result);
    },
    /** Packs a folder without running its scripts; returns the tarball. */
    pack: async (folder: string, destination: string) => {
      const args = ["pack", folder, "--json", "--ignore-scripts", "--pack-destination", destination];
      const packed: unknown = JSON.parse(requireSuccess(await npm(args)).stdout);
      const [first] = Array.isArray(packed) ? packed : Object.values(Object(packed));
      return path.join(destination, path.basename(String(Object(first).filename)));
    },
  };
}

/** Reads the error that npm prints to stdout as JSON when run with `--json`. */
function readFailure({ stdout, stderr, exitCode }: CommandResult): NpmFailure {
  const { code, summary, detail } = Object(Object(jsonIn(stdout)).error);
  if (typeof summary === "string") {
    const said = [summary, typeof detail === "string" ? detail : ""].join(" ").replace(/\s+/g, " ").trim();
    return { code: typeof code === "string" ? code : "", summary: said };
  }
  const said = stderr.trim().split("\n").slice(-5).join(" ");
  return { code: "", summary: said || `npm ended with exit code ${exitCode}` };
}

function requireVersion(result: CommandResult): string {
  const version = result.stdout.trim();
  if (result.exitCode !== 0) {
    throw new NpmError("no working `npm` was found on this machine", {
      advice: "Use one of GitHub's runners, or actions/setup-node before this step.",
    });
  }
  if (isNpmOlder(version, OLDEST_NPM)) throw new NpmError(`npm is ${version}, expected ${OLDEST_NPM} or newer`);
  return version;
}

/** npm 11 prints an object for the package; npm 12 prints the same object under the package's name. */
export function stageIdIn(stdout: string): string | undefined {
  const document = jsonIn(stdout);
  const ids = [document, ...Object.values(Object(document))].map((each): unknown => Object(each).stageId);
  return ids.filter((id) => typeof id === "string").find((id) => id !== "");
}

/** The JSON object that npm printed, perhaps behind other lines; undefined when it ended before it could print one. */
function jsonIn(stdout: string): unknown {
  try {
    return JSON.parse(stdout.slice(stdout.indexOf("{")));
  } catch {
    return undefined;
  }
}

function requireSuccess(result: CommandResult): CommandResult {
  if (result.exitCode === 0) return result;
  throw new NpmError(`npm failed: ${readFailure(result).summary}`);
}

function chosen(env: Readonly<NodeJS.ProcessEnv>, pattern: RegExp): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => pattern.test(name)));
}
