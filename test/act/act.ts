import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "@release-actions/command";
import { freePort } from "../support/free-port.ts";
import { type ActLog, readLog } from "./log.ts";
import { ARTIFACT_CLIENT } from "./third-party.ts";

export interface ActOptions {
  /** The repository whose workflow runs: a git work tree with one commit at least. */
  readonly repository: string;
  /** `owner/name@ref` of what its workflows use, and the folder that is used instead. */
  readonly uses: Readonly<Record<string, string>>;
  /**
   * `ACTIONS_RESULTS_URL` and `ACTIONS_RUNTIME_TOKEN` of another artifact service than act's own. That of act
   * 0.2.89 answers GitHub's client 6 with an error, because of the field `mime_type` in its messages.
   */
  readonly results?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** A file below `.github/workflows`, or elsewhere by its absolute path; all that the event triggers, if absent. */
  readonly workflow?: string;
  /** One job alone, with those it needs. */
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

/** Labels of GitHub's runners, all of which are this machine. */
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
 * Runs workflows of a repository with act, on this machine and without containers: act's own artifact and
 * cache servers, our actions from a folder, nothing from GitHub. What it stores lasts until it is disposed of,
 * so that runs can find artifacts of earlier ones.
 */
export class Act implements Disposable {
  readonly #options: ActOptions;
  readonly #home = mkdtempSync(path.join(tmpdir(), "act-"));

  constructor(options: ActOptions) {
    this.#options = options;
  }

  /** Where artifacts are: a folder for each run, then for each name. */
  get artifacts(): string {
    return path.join(this.#home, "artifacts");
  }

  /** Starts what an event triggers and waits for its end, however that is. */
  async run(event: string, options: RunOptions = {}): Promise<ActLog> {
    const { repository, uses, results } = this.#options;
    const eventFile = path.join(this.#home, "event.json");
    // A dispatch brings its inputs with the event.
    writeFileSync(eventFile, JSON.stringify({ ...options.payload, inputs: options.inputs }));
    mkdirSync(path.join(this.#home, "home"), { recursive: true });
    // Its artifact server crashes when asked for artifacts before there is one. Runs have the number 1.
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
    // Settings of the user, such as an .actrc, stay out; toolchains that are in the home stay in.
    const env = {
      ...process.env,
      ...toolchains(),
      HOME: path.join(this.#home, "home"),
      XDG_CONFIG_HOME: this.#home,
      XDG_CACHE_HOME: this.#home,
    };
    const result = await runCommand("act", args, { cwd: this.#home, env, check: false });
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

/** Where rustup and cargo keep theirs, which they look for below the home. */
function toolchains(): Record<string, string> {
  const { RUSTUP_HOME = path.join(homedir(), ".rustup"), CARGO_HOME = path.join(homedir(), ".cargo") } = process.env;
  return { RUSTUP_HOME, CARGO_HOME };
}
