import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommand } from "@release-actions/command";
import { binFolder, isInstalled, moduleFolder } from "../../scripts/tools/install.ts";
import { GITEA } from "../../scripts/tools/pins.ts";
import { freePort } from "../support/free-port.ts";
import { GiteaRunner } from "./runner.ts";

const START_LIMIT_MS = 60_000;
/** The owner of all repositories. */
export const USER = "acme";

/** Whether Gitea is compiled on this machine, which `GITEA=1 npm test` does. */
export const hasGitea = isInstalled(GITEA);

/** A job that Gitea gave to the runner of a test. */
export interface GiteaJob {
  /** The environment that a runner gives the steps of the job, as act_runner does. */
  readonly env: Readonly<Record<string, string>>;
  /** `owner/name` of the repository. */
  readonly repository: string;
  /** The ID of Gitea's task, which reports of the job's end name. */
  readonly task: string;
}

/** A real Gitea with Actions, on a free port of the loopback address, in a folder of its own. */
export class Gitea {
  readonly origin: string;
  readonly #folder: string;
  readonly #child: ChildProcess;
  #token = "";
  #repositories = 0;

  private constructor(port: number, folder: string, config: string) {
    this.origin = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#child = spawn(program(), ["web", "--config", config], { stdio: "ignore", cwd: folder });
  }

  static async start(): Promise<Gitea> {
    const folder = mkdtempSync(path.join(tmpdir(), "gitea-"));
    const [port, config] = [await freePort(), path.join(folder, "app.ini")];
    // Gitea reads its templates from the folder of the module it was compiled from.
    const sources = await moduleFolder(`code.gitea.io/gitea@v${GITEA.version}`);
    writeFileSync(config, configuration(folder, port, sources));
    await administer(config, "migrate");
    const account = ["--username", USER, "--password", randomBytes(12).toString("hex"), "--email", "acme@test.invalid"];
    await administer(config, "admin", "user", "create", "--admin", "--must-change-password=false", ...account);
    const gitea = new Gitea(port, folder, config);
    const token = ["admin", "user", "generate-access-token", "--username", USER, "--scopes", "all", "--raw"];
    gitea.#token = (await administer(config, ...token)).trim().split("\n").at(-1) ?? "";
    await gitea.#ready();
    return gitea;
  }

  /** A token of the repositories' owner. */
  get token(): string {
    return this.#token;
  }

  /** Commits a workflow with this number of jobs to a new repository, and takes each job as a runner does. */
  async startRun(jobs: readonly string[] = ["build"]): Promise<readonly GiteaJob[]> {
    this.#repositories += 1;
    const name = `product-${this.#repositories}`;
    const repository = `${USER}/${name}`;
    await this.api("POST", "/user/repos", { name, auto_init: true, default_branch: "main" });
    const runner = await this.registerRunner(repository);
    const steps = (job: string): string => `  ${job}:\n    runs-on: ubuntu-latest\n    steps: [{ run: "true" }]\n`;
    const workflow = `on: push\njobs:\n${jobs.map(steps).join("")}`;
    await this.api("POST", `/repos/${repository}/contents/.gitea/workflows/ci.yml`, {
      ...{ content: Buffer.from(workflow).toString("base64"), message: "ci", branch: "main" },
    });
    const taken: GiteaJob[] = [];
    while (taken.length < jobs.length) {
      const task = await runner.fetchTask();
      taken.push({ task: task.id, repository, env: this.jobEnv(task.context) });
    }
    return taken;
  }

  /** Adds a runner for the jobs of a repository. */
  async registerRunner(repository: string): Promise<GiteaRunner> {
    const registered = await this.api("POST", `/repos/${repository}/actions/runners/registration-token`);
    return await GiteaRunner.register(this.origin, String(registered["token"]));
  }

  /** The URL of a repository for git, with a token that may read it, or write to it as its owner. */
  remote(repository: string, token = this.#token): string {
    return `${this.origin.replace("://", `://${USER}:${token}@`)}/${repository}.git`;
  }

  /** Calls Gitea's REST API as the repositories' owner. */
  async api(method: string, route: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.origin}/api/v1${route}`, {
      method,
      headers: { authorization: `token ${this.#token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The variables that act_runner sets from the task's context (internal/app/run/runner.go, "getDefaultEnvs"). */
  jobEnv(context: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
    const text = (name: string): string => String(context[name] ?? "");
    return {
      ...{ GITHUB_ACTIONS: "true", GITEA_ACTIONS: "true", CI: "true" },
      ...{ GITHUB_SERVER_URL: this.origin, GITHUB_API_URL: `${this.origin}/api/v1` },
      ...{ GITHUB_REPOSITORY: text("repository"), GITHUB_REPOSITORY_OWNER: USER, GITHUB_ACTOR: text("actor") },
      ...{ GITHUB_RUN_ID: text("run_id"), GITHUB_RUN_NUMBER: text("run_number"), GITHUB_RUN_ATTEMPT: "1" },
      ...{ GITHUB_SHA: text("sha"), GITHUB_REF: text("ref"), GITHUB_REF_NAME: text("ref_name") },
      ...{ GITHUB_REF_TYPE: text("ref_type"), GITHUB_EVENT_NAME: text("event_name"), GITHUB_JOB: text("job") },
      ...{ GITHUB_TOKEN: text("token"), GITHUB_WORKFLOW: text("workflow") },
      ACTIONS_RUNTIME_URL: `${this.origin}/api/actions_pipeline/`,
      ...{ ACTIONS_RUNTIME_TOKEN: text("gitea_runtime_token"), ACTIONS_RESULTS_URL: this.origin },
    };
  }

  async #ready(): Promise<void> {
    for (const started = performance.now(); performance.now() - started < START_LIMIT_MS; await sleep(100)) {
      const answer = await fetch(`${this.origin}/api/healthz`).catch(() => undefined);
      if (answer?.status === 200) return;
      if (this.#child.exitCode !== null) break;
    }
    throw new Error(
      `Gitea did not start: ${readFileSync(path.join(this.#folder, "log/gitea.log"), "utf8").slice(-2000)}`,
    );
  }
}

function configuration(folder: string, port: number, sources: string): string {
  return `APP_NAME = test
RUN_USER = ${process.env["USER"] ?? "root"}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = ${folder}
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
STATIC_ROOT_PATH = ${sources}
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = ${folder}/gitea.db
[security]
INSTALL_LOCK = true
SECRET_KEY = ${randomBytes(32).toString("hex")}
[actions]
ENABLED = true
[service]
DISABLE_REGISTRATION = true
[indexer]
ISSUE_INDEXER_TYPE = db
[log]
MODE = file
LEVEL = Warn
`;
}

function program(): string {
  return path.join(binFolder(GITEA) ?? "", "gitea");
}

async function administer(config: string, ...args: readonly string[]): Promise<string> {
  return (await runCommand(program(), [...args, "--config", config])).stdout;
}
