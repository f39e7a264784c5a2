import { setTimeout as sleep } from "node:timers/promises";

const FETCH_LIMIT_MS = 60_000;

/** The task that Gitea gives to a runner: one job (actions-proto-go, runner/v1, `Task`). */
export interface GiteaTask {
  readonly id: string;
  /** The job's context `github`, and its tokens. */
  readonly context: Readonly<Record<string, unknown>>;
  /** The workflow as YAML, reduced to this job. */
  readonly workflow: string;
  /** The jobs that it needs, all of which have ended. */
  readonly needs: Readonly<Record<string, GiteaNeed>>;
}

export interface GiteaNeed {
  readonly result: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** How a job ended. */
export interface GiteaEnd {
  readonly isSuccess: boolean;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The part of a runner that takes jobs and reports their results, in the JSON form of Gitea's protocol (runner/v1). */
export class GiteaRunner {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(origin: string, headers: Readonly<Record<string, string>>) {
    this.#origin = origin;
    this.#headers = headers;
  }

  static async register(origin: string, token: string): Promise<GiteaRunner> {
    const labels = ["ubuntu-latest:host"];
    const anonymous = new GiteaRunner(origin, {});
    const { runner } = await anonymous.#call("Register", { name: "test", token, version: "test", labels });
    const { uuid, token: secret } = runner as { uuid: string; token: string };
    const registered = new GiteaRunner(origin, { "x-runner-uuid": uuid, "x-runner-token": secret });
    await registered.#call("Declare", { version: "test", labels: ["ubuntu-latest"] });
    return registered;
  }

  /** Waits for the next job. */
  async fetchTask(): Promise<GiteaTask> {
    for (const started = performance.now(); performance.now() - started < FETCH_LIMIT_MS; await sleep(100)) {
      const { task } = await this.#call("FetchTask", { tasksVersion: "0" });
      if (task !== undefined && task !== null) return taskOf(task);
    }
    throw new Error("Gitea gave no job to the runner");
  }

  /** Ends a job, so that the jobs that need it can begin. */
  async end(task: GiteaTask, { isSuccess, outputs }: GiteaEnd): Promise<void> {
    const now = new Date().toISOString();
    const result = isSuccess ? "RESULT_SUCCESS" : "RESULT_FAILURE";
    await this.#call("UpdateTask", { state: { id: task.id, result, startedAt: now, stoppedAt: now }, outputs });
  }

  async #call(method: string, message: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#origin}/api/actions/runner.v1.RunnerService/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...this.#headers },
      body: JSON.stringify(message),
    });
    if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`);
    return JSON.parse(await response.text());
  }
}

/** Protocol buffers in JSON: bytes are base64, and empty fields are absent. */
function taskOf(message: object): GiteaTask {
  const { id, context, workflowPayload, needs } = message as {
    readonly id: string;
    readonly context: Readonly<Record<string, unknown>>;
    readonly workflowPayload: string;
    readonly needs?: Readonly<Record<string, Partial<GiteaNeed>>>;
  };
  const ended = Object.entries(needs ?? {}).map(([job, { result = "", outputs = {} }]) => [job, { result, outputs }]);
  return {
    id,
    context,
    workflow: Buffer.from(workflowPayload, "base64").toString("utf8"),
    needs: Object.fromEntries(ended),
  };
}
