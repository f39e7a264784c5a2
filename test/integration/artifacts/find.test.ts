import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import {
  checksOfCommit,
  checksOfRun,
  ExpiredArtifactError,
  findByCommit,
  findInCurrentRun,
  findInRun,
  MissingArtifactError,
  openArtifactRest,
  waitForArtifact,
} from "@release-actions/artifacts";
import { type Reporter, silentReporter } from "@release-actions/report";
import type { Repository, Run } from "../../stand-in/model.ts";
import { Fixture, PATIENCE, transport } from "./fixture.ts";

const NAME = "restate.tar";
const content = Buffer.from("content");
const fixture = await Fixture.start();
afterEach(() => {
  fixture.world.reset();
  fixture.world.github.world.rateLimit.remaining = 1000;
});
afterAll(() => fixture.world.close());

type WaitOptions = Parameters<typeof waitForArtifact>[1];

/** A repository of its own for a test. */
function fresh(options: Parameters<typeof fixture.world.github.addRepository>[1] = {}): Repository {
  return fixture.world.github.addRepository(`acme/r${fixture.world.github.world.nextId()}`, options);
}

function run(repository: Repository, options: Parameters<typeof fixture.world.github.addRun>[0] = {}): Run {
  return fixture.world.github.addRun({ ...options, repository: repository.fullName });
}

async function store(into: Run, name = NAME, createdAt = new Date()): Promise<number> {
  return (await fixture.world.github.addArtifact(into, { name, content, createdAt })).id;
}

/** Stores two artifacts of one name: the one with the lower ID is newer. Returns its ID. */
async function storeOutOfOrder(into: Run): Promise<number> {
  const newer = await store(into, NAME, new Date("2026-08-06T08:49:00Z"));
  await store(into, NAME, new Date("2026-08-06T08:38:00Z"));
  return newer;
}

describe("in the current run", () => {
  test("finds the newest artifact of that name, whichever attempt made it", async () => {
    const current = run(fresh());
    await store(current);
    fixture.world.github.rerun(current);
    const results = fixture.results(current);
    expect((await findInCurrentRun(results, NAME)).size).toBe(content.length);
    const newer = await store(current);
    expect((await findInCurrentRun(results, NAME)).id).toBe(newer);
  });

  test("the time of creation says which artifact is newer, not the ID", async () => {
    const current = run(fresh());
    const newer = await storeOutOfOrder(current);
    expect((await findInCurrentRun(fixture.results(current), NAME)).id).toBe(newer);
  });

  test("F41: a name that no artifact has is an error that lists the names and suggests the nearest", async () => {
    const current = run(fresh());
    await store(current, "restate-tar");
    await store(current, "logs");
    const look = findInCurrentRun(fixture.results(current), NAME);
    await expect(look).rejects.toBeInstanceOf(MissingArtifactError);
    await expect(look).rejects.toMatchObject({
      message: 'this run has no artifact "restate.tar"; it has "logs", "restate-tar"',
      advice: "Did you mean `artifact-name: restate-tar`?",
    });
    const empty = findInCurrentRun(fixture.results(run(fresh())), NAME);
    await expect(empty).rejects.toThrow('this run has no artifact "restate.tar", and no other either');
  });

  test.each([
    ["F02: a reset connection", { kind: "reset" }],
    ["F18: a 503", { kind: "answer", status: 503, body: '{"code":"unavailable","msg":"busy"}' }],
    ["F20: a 429 with Retry-After", { kind: "answer", status: 429, headers: { "Retry-After": "0" } }],
    ["F34: a page of HTML with status 200", { kind: "answer", status: 200, body: "<html>one moment" }],
    ["F34: half an answer", { kind: "cut", after: 40 }],
  ] as const)("%s is survived", async (_title, fault) => {
    const current = run(fresh());
    const id = await store(current);
    const rule = fixture.world.services.inject({ url: /ListArtifacts/, times: 2 }, fault);
    expect((await findInCurrentRun(fixture.results(current), NAME)).id).toBe(id);
    expect(rule.hits).toBe(2);
  });

  test("F34: HTML on every try is an error that quotes it", async () => {
    fixture.world.services.inject({}, { kind: "answer", status: 200, body: "<html>one moment" });
    const look = findInCurrentRun(fixture.results(run(fresh())), NAME);
    await expect(look).rejects.toThrow(/\d+ x \S+ answered ListArtifacts with "<html>one moment"/);
  });

  test("F36: an expired runtime token is an error at once, and the message says so", async () => {
    const { github, services } = fixture.world;
    const current = run(fresh());
    const env = github.env(current, github.addJob(current), { runtimeTokenLifetime: -1 });
    const look = findInCurrentRun(fixture.results(current, env), NAME);
    await expect(look).rejects.toMatchObject({
      name: "AccessError",
      message: expect.stringContaining("refused the job's own token (401 unauthenticated"),
      advice: expect.stringContaining("about six hours"),
    });
    expect(services.passages).toHaveLength(1);
  });
});

describe("in another run", () => {
  const findIn = (other: Run, name = NAME, rest = fixture.rest(other.repository)): ReturnType<typeof findInRun> =>
    findInRun(rest, { repository: other.repository.fullName, runId: other.id, name });

  test("F33: finds an artifact beyond the first page of the list", async () => {
    const other = run(fresh());
    for (let index = 0; index < 120; index += 1) await store(other, `a${index}`);
    expect((await findIn(other, "a0")).name).toBe("a0");
    await expect(findIn(other, "nothing-like-it")).rejects.toThrow(/it has "a0", .* and 100 more$/);
  });

  test("the time of creation says which artifact is newer, not the ID", async () => {
    const other = run(fresh());
    const newer = await storeOutOfOrder(other);
    expect((await findIn(other)).id).toBe(newer);
  });

  test("F33: does not mistake a truncated list for the whole list", async () => {
    const other = run(fresh());
    const page = { kind: "answer", status: 200, body: '{"total_count":1001,"artifacts":[]}' } as const;
    fixture.world.services.inject({ url: /artifacts/ }, page);
    await expect(findIn(other)).rejects.toThrow("gave 0 of 1001 entries: the list is cut");
  });

  test("F43: an artifact of a superseded attempt is found when no newer one has its name", async () => {
    const other = run(fresh());
    const id = await store(other);
    fixture.world.github.rerun(other);
    expect((await findIn(other)).id).toBe(id);
  });

  test("F44: distinguishes an expired artifact, with its dates, from one that never existed", async () => {
    const other = run(fresh());
    await store(other);
    await fixture.world.github.expire(fixture.world.github.artifact(other, NAME));
    const look = findIn(other);
    await expect(look).rejects.toBeInstanceOf(ExpiredArtifactError);
    await expect(look).rejects.toMatchObject({
      message: expect.stringMatching(/^the artifact "restate\.tar" of run \d+ .* made 20\S+Z, expired 20\S+Z$/),
      advice: expect.stringContaining(`/actions/runs/${other.id}`),
    });
  });

  test("F44: names a run that is gone, or a repository that the token cannot see", async () => {
    const secret = fresh({ private: true });
    const mine = fresh();
    const look = findInRun(fixture.rest(mine), { repository: secret.fullName, runId: 7, name: NAME });
    await expect(look).rejects.toThrow(`${secret.fullName} has no run 7, or the token cannot see that repository`);
  });

  test("the error for a token without `actions: read` shows the lines to add", async () => {
    const other = run(fresh());
    const look = findIn(other, NAME, fixture.rest(other.repository, { contents: "read" }));
    await expect(look).rejects.toMatchObject({
      name: "AccessError",
      message: expect.stringContaining("(403, Resource not accessible by integration)"),
      advice: expect.stringContaining("permissions:\n  actions: read"),
    });
  });

  test("a token that nobody issued is refused at once", async () => {
    const client = { transport, reporter: silentReporter, patience: PATIENCE };
    const rest = openArtifactRest({ apiUrl: fixture.world.services.origin, token: "ghs_x", ...client });
    const look = findInRun(rest, { repository: "acme/product", runId: 1, name: NAME });
    await expect(look).rejects.toMatchObject({
      name: "AccessError",
      message: expect.stringContaining("Bad credentials"),
    });
  });

  test("F21: waits as long as the secondary rate limit asks", async () => {
    const other = run(fresh());
    const id = await store(other);
    fixture.world.github.world.rateLimit.secondary = { times: 1, retryAfterSeconds: 1 };
    const started = performance.now();
    expect((await findIn(other)).id).toBe(id);
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
  });

  test("F22: at the primary rate limit, fails and says when it is reset", async () => {
    const other = run(fresh());
    fixture.world.github.world.rateLimit.remaining = 0;
    const { resetsAt } = fixture.world.github.world.rateLimit;
    await expect(findIn(other)).rejects.toMatchObject({
      name: "RefusedError",
      message: expect.stringContaining(
        `(1000 requests an hour) is used up until ${resetsAt.toISOString().slice(0, 17)}`,
      ),
    });
  });

  test("F22: a repeated request for unchanged data uses the first answer", async () => {
    const other = run(fresh());
    await store(other);
    const rest = fixture.rest(other.repository);
    await findIn(other, NAME, rest);
    await findIn(other, NAME, rest);
    expect(fixture.world.services.passages.map(({ status }) => status)).toEqual([200, 200, 304, 304]);
  });

  test("F16: a redirect of the API to another host does not get the token", async () => {
    const other = run(fresh());
    await store(other);
    const { port } = new URL(fixture.world.services.origin);
    fixture.world.services.inject({ times: 1 }, { kind: "redirect", to: new URL(`http://localhost:${port}`) });
    await findIn(other);
    const tokens = fixture.world.services.passages.map(({ headers }) => headers["authorization"] !== undefined);
    expect(tokens).toEqual([true, false, true]);
  });
});

describe("at a commit", () => {
  const look = (repository: Repository, commit: string, options: { allowForks?: boolean; reporter?: Reporter } = {}) =>
    findByCommit(
      fixture.rest(repository),
      {
        repository: repository.fullName,
        workflow: "ci.yml",
        commit,
        name: NAME,
        allowForks: options.allowForks ?? false,
      },
      options.reporter ?? silentReporter,
    );

  test("takes the artifact from the newest run that has it, whatever the result of that run", async () => {
    const repository = fresh();
    const { sha } = fixture.world.github.addCommit(repository);
    const oldest = run(repository, { headSha: sha, status: "completed", conclusion: "success" });
    await store(oldest);
    const failed = run(repository, { headSha: sha, status: "completed", conclusion: "failure" });
    const id = await store(failed);
    run(repository, { headSha: sha, status: "in_progress" });
    run(repository, { headSha: sha, workflow: "other.yml" });
    expect(await look(repository, sha)).toMatchObject({ id, runId: failed.id });
  });

  test("of two runs, the one that started later is newer, whatever their IDs", async () => {
    const repository = fresh();
    const { sha } = fixture.world.github.addCommit(repository);
    const newer = run(repository, { headSha: sha, createdAt: new Date("2026-08-06T08:49:00Z") });
    const older = run(repository, { headSha: sha, createdAt: new Date("2026-08-06T08:38:00Z") });
    const id = await store(newer);
    await store(older);
    expect((await look(repository, sha)).id).toBe(id);
  });

  test("accepts a branch name, and runs of any event", async () => {
    const repository = fresh();
    const { sha } = fixture.world.github.addCommit(repository, { ref: "refs/heads/topic" });
    const id = await store(run(repository, { headSha: sha, event: "workflow_dispatch" }));
    expect((await look(repository, "topic")).id).toBe(id);
  });

  test("for the merge commit of a pull request, looks at its second parent, and says so", async () => {
    const repository = fresh();
    const { github } = fixture.world;
    const [base, head] = [github.addCommit(repository).sha, github.addCommit(repository).sha];
    const merge = github.addCommit(repository, { parents: [base, head] }).sha;
    await store(run(repository, { headSha: base }));
    const id = await store(run(repository, { headSha: head, event: "pull_request" }));
    const said: string[] = [];
    const found = await look(repository, merge, { reporter: { ...silentReporter, info: (text) => said.push(text) } });
    expect(found.id).toBe(id);
    expect(said[0]).toBe(
      `${merge.slice(0, 12)} is a merge commit without a run: looking at its second parent, ${head}`,
    );
  });

  test("F128: refuses a run of a fork, and takes an older run of the repository itself", async () => {
    const repository = fresh();
    const { sha } = fixture.world.github.addCommit(repository);
    const fork = run(repository, { headSha: sha, headRepository: "mallory/product", event: "pull_request" });
    const hostile = await store(fork);
    await expect(look(repository, sha)).rejects.toMatchObject({
      name: "Fault",
      message: expect.stringContaining("are of mallory/product, but runs of forks are refused"),
      advice: expect.stringContaining("allow-forks: true"),
    });
    expect((await look(repository, sha, { allowForks: true })).id).toBe(hostile);
    const own = await store(run(repository, { headSha: sha, createdAt: new Date(0) }));
    expect((await look(repository, sha)).id).toBe(own);
  });

  test("a missing run, a missing artifact and an expired artifact are different errors", async () => {
    const repository = fresh();
    const { github } = fixture.world;
    const { sha } = github.addCommit(repository);
    run(repository, { headSha: github.addCommit(repository).sha });
    await expect(look(repository, sha)).rejects.toThrow(
      `there is no run of ci.yml in ${repository.fullName} at ${sha.slice(0, 12)}`,
    );
    const failed = run(repository, { headSha: sha, status: "completed", conclusion: "failure" });
    await expect(look(repository, sha)).rejects.toMatchObject({
      name: "MissingArtifactError",
      message: expect.stringContaining(
        `(it ended with failure: https://github.com/${repository.fullName}/actions/runs/${failed.id})`,
      ),
    });
    await store(failed);
    await github.expire(github.artifact(failed, NAME));
    await expect(look(repository, sha)).rejects.toBeInstanceOf(ExpiredArtifactError);
  });

  test("names an unknown commit and an unknown workflow", async () => {
    const repository = fresh();
    await expect(look(repository, "0".repeat(40))).rejects.toThrow(`${repository.fullName} has no commit "0000`);
    const { sha } = fixture.world.github.addCommit(repository);
    await expect(look(repository, sha)).rejects.toThrow(`${repository.fullName} has no workflow "ci.yml"`);
  });
});

describe("waiting", () => {
  const dockerJob = (current: Run): WaitOptions["check"] => ({
    name: "docker",
    source: checksOfRun(fixture.rest(current.repository), current.repository.fullName, current.id),
  });
  const waiting = (current: Run, options: Partial<WaitOptions> = {}) => {
    const results = fixture.results(current);
    return waitForArtifact((signal) => findInCurrentRun(results, NAME, signal), {
      ...{ timeoutMs: 3000, pollIntervalMs: 20, reporter: silentReporter },
      ...options,
    });
  };

  test("ends when the artifact appears", async () => {
    const current = run(fresh());
    setTimeout(() => void store(current), 100);
    expect((await waiting(current)).name).toBe(NAME);
  });

  test("ends at its time limit and says what was missing and what the check was doing", async () => {
    const current = run(fresh());
    fixture.world.github.addJob(current, { name: "ci / docker", status: "queued" });
    await expect(waiting(current, { timeoutMs: 100, check: dockerJob(current) })).rejects.toThrow(
      /^this run has no artifact "restate\.tar".*, after waiting for 100 ms \("ci \/ docker" is queued\)$/,
    );
    await expect(waiting(current, { timeoutMs: 0 })).rejects.toThrow(/no other either$/);
  });

  test.each(["failure", "cancelled", "timed_out", "skipped"] as const)(
    "ends at once when the check ends with %s",
    async (conclusion) => {
      const current = run(fresh());
      const job = fixture.world.github.addJob(current, { name: "ci / docker" });
      setTimeout(() => Object.assign(job, { status: "completed", conclusion }), 60);
      const outcome = waiting(current, { timeoutMs: 60_000, check: dockerJob(current) });
      await expect(outcome).rejects.toMatchObject({
        name: "Fault",
        message: `the artifact will not be produced: its check "ci / docker" ended with ${conclusion}`,
        advice: expect.stringContaining(`/actions/runs/${current.id}/job/`),
      });
    },
  );

  test("does not keep waiting when the check has succeeded without the artifact", async () => {
    const current = run(fresh());
    fixture.world.github.addCheckRun(current.repository, {
      name: "docker",
      headSha: current.headSha,
      status: "completed",
      conclusion: "success",
    });
    const check = {
      name: "docker",
      source: checksOfCommit(fixture.rest(current.repository), current.repository.fullName, current.headSha),
    };
    await expect(waiting(current, { timeoutMs: 60_000, check })).rejects.toThrow(
      'the check "docker" has ended with success, but this run has no artifact',
    );
  });

  test("looks for the checks of a merge commit at its second parent", async () => {
    const repository = fresh();
    const { github } = fixture.world;
    const head = github.addCommit(repository).sha;
    const merge = github.addCommit(repository, { parents: [github.addCommit(repository).sha, head] }).sha;
    github.addCheckRun(repository, { name: "docker", headSha: head });
    const checks = await checksOfCommit(fixture.rest(repository), repository.fullName, merge)();
    expect(checks.map(({ name }) => name)).toEqual(["docker"]);
  });

  test("F84: ends when it is cancelled", async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 50);
    await expect(waiting(run(fresh()), { timeoutMs: 60_000, signal: cancel.signal })).rejects.toThrow(/abort/i);
  });
});
