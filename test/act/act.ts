import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { whyNoMounts } from "../../scripts/docker-engine/machine.ts";
import { freePort } from "../support/free-port.ts";
import { RUST_FOLDERS } from "../support/rust-env.ts";
import { type ActLog, readLog } from "./log.ts";
import { ARTIFACT_CLIENT } from "./third-party.ts";

export interface ActOptions {
  /** The repository whose workflow runs: a git work tree with one commit at least. */
  readonly repository: string;
  /** For each `owner/name@ref` that its workflows use, the folder that act uses instead. */
  readonly uses: Readonly<Record<string, string>>;
  /**
   * `ACTIONS_RESULTS_URL` and `ACTIONS_RUNTIME_TOKEN` of an artifact service to use instead of act's own. The one in
   * act 0.2.89 answers version 6 of GitHub's client with an error, because it does not know the field `mime_type`.
   */
  readonly results?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** A file below `.github/workflows`, or an absolute path. Default: every workflow that the event triggers. */
  readonly workflow?: string;
  /** Runs only this job and the jobs it needs. */
  readonly job?: string;
  /** Content of `github.event`. */
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** The environment of every step; it wins over what act would set. */
  readonly env?: Readonly<Record<string, string>>;
  /** The actor of the run. */
  readonly actor?: string;
}

/** Labels of GitHub's runners. Jobs with any of them run on this machine. */
const RUNNERS = [
  "ubuntu-latest",
  "ubuntu-24.04",
  "ubuntu-24.04-arm",
  "ubuntu-26.04",
  "ubuntu-26.04-arm",
  "macos-latest",
  "macos-15",
];

const LOOPBACK = "127.0.0.1";

/**
 * Arguments of `unshare` for a command that must not open a pseudo-terminal. Unlike GitHub's runner, act gives each step
 * one, and it does not read the terminal to the end: what a step prints directly before it fails may be lost.
 */
const WITHOUT_TERMINAL = ["--mount", "sh", "-c", 'mount --bind /dev/null /dev/ptmx && exec "$@"', "sh"];

/**
 * Runs workflows of a repository with act, on this machine and without containers: act's own artifact and
 * cache servers, our actions from a folder, nothing from GitHub. Artifacts and caches stay until it is disposed of,
 * so that a run can find those of earlier runs.
 */
export class Act implements Disposable {
  readonly #options: ActOptions;
  readonly #home = mkdtempSync(path.join(tmpdir(), "act-"));

  constructor(options: ActOptions) {
    this.#options = options;
  }

  /** The folder of the artifacts: it has a folder for each run, which has a folder for each name. */
  get artifacts(): string {
    return path.join(this.#home, "artifacts");
  }

  /** Starts the workflows that an event triggers and waits until they end, whether they succeed or fail. */
  async run(event: string, options: RunOptions = {}): Promise<ActLog> {
    const { repository, uses, results } = this.#options;
    const eventFile = path.join(this.#home, "event.json");
    // The event of a dispatch contains its inputs.
    writeFileSync(eventFile, JSON.stringify({ ...options.payload, inputs: options.inputs }));
    mkdirSync(path.join(this.#home, "home"), { recursive: true });
    // act's artifact server crashes when a run without artifacts lists them. Every run has the number 1.
    mkdirSync(path.join(this.artifacts, "1"), { recursive: true });
    const args = [
      ...[event, "--json", "--no-recurse", "--directory", repository, "--eventpath", eventFile],
      ...(options.workflow === undefined
        ? []
        : ["--workflows", path.resolve(repository, ".github/workflows", options.workflow)]),
      ...(options.job === undefined ? [] : ["--job", options.job]),
      ...(results === undefined ? serverOptions("artifact", this.artifacts, await freePort()) : []),
      ...serverOptions("cache", path.join(this.#home, "cache"), await freePort()),
      ...["--action-cache-path", path.join(this.#home, "actions"), "--pull=false"],
      ...(options.actor === undefined ? [] : ["--actor", options.actor]),
      ...RUNNERS.flatMap((label) => ["--platform", `${label}=-self-hosted`]),
      ...Object.entries(uses).flatMap(([used, folder]) => ["--local-repository", `${used}=${folder}`]),
      ...named("--secret", options.secrets),
      ...named("--var", options.vars),
      ...named("--env", { ...(results === undefined ? {} : ARTIFACT_CLIENT), ...results, ...options.env }),
    ];
    // A home of its own hides the user's settings, such as an .actrc. Toolchains in the user's home stay available.
    const env = {
      ...process.env,
      ...RUST_FOLDERS,
      HOME: path.join(this.#home, "home"),
      XDG_CONFIG_HOME: this.#home,
      XDG_CACHE_HOME: this.#home,
    };
    const settings = { cwd: this.#home, env, check: false };
    const result =
      (await whyNoMounts()) === undefined
        ? await runCommand("unshare", [...WITHOUT_TERMINAL, "act", ...args], settings)
        : await runCommand("act", args, settings);
    return readLog(`${result.stdout}\n${result.stderr}`, result.exitCode);
  }

  [Symbol.dispose](): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** One of the servers that act itself runs. */
function serverOptions(kind: "artifact" | "cache", folder: string, port: number): string[] {
  const prefix = `--${kind}-server`;
  return [`${prefix}-path`, folder, `${prefix}-addr`, LOOPBACK, `${prefix}-port`, String(port)];
}

function named(option: string, values: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
}
