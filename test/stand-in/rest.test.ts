import { createPublicKey, createVerify, type JsonWebKey } from "node:crypto";
import { afterAll, describe, expect, test } from "@jest/globals";
import { type GitHub, startGitHub } from "./github.ts";
import type { Permissions, Repository } from "./model.ts";

const github = await startGitHub();
afterAll(() => github.close());

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

async function call(method: string, path: string, token?: string, body?: unknown): Promise<Reply> {
  const url = path.startsWith("http") ? path : `${github.origin}${path}`;
  const response = await fetch(url, {
    ...{ method, redirect: "manual" },
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(Buffer.isBuffer(body) ? { "Content-Type": "application/octet-stream" } : {}),
    },
    ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

/** A repository of its own for a test, with a token for it. */
function fresh(permissions: Permissions, options: Parameters<GitHub["addRepository"]>[1] = {}): [Repository, string] {
  const repository = github.addRepository(`acme/r${github.world.nextId()}`, options);
  github.addCommit(repository, { ref: "refs/heads/main" });
  return [repository, github.token(repository, permissions)];
}

describe("authorization", () => {
  test("distinguishes a bad token, a token without the permission and a private repository", async () => {
    const [repository, token] = fresh({ contents: "read" });
    const [secret] = fresh({}, { private: true });
    const runs = `/repos/${repository.fullName}/actions/runs`;
    expect(await call("GET", runs, "ghs_wrong")).toMatchObject({ status: 401, body: { message: "Bad credentials" } });
    expect(await call("GET", runs, token)).toMatchObject({
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
    expect(await call("GET", `/repos/${secret.fullName}/actions/runs`, token)).toMatchObject({ status: 404 });
    expect(await call("GET", "/repos/acme/nothing/actions/runs", token)).toMatchObject({ status: 404 });
  });

  test("lets anybody read a public repository, and nobody else write to it", async () => {
    const [repository] = fresh({});
    const [, stranger] = fresh({ contents: "write" });
    expect((await call("GET", `/repos/${repository.fullName}/releases`)).status).toBe(200);
    const release = { tag_name: "v1" };
    expect((await call("POST", `/repos/${repository.fullName}/releases`, stranger, release)).status).toBe(403);
    expect((await call("POST", `/repos/${repository.fullName}/releases`, undefined, release)).status).toBe(401);
  });
});

describe("rate limits", () => {
  test("counts down in the headers and refuses at zero, with the time of the reset", async () => {
    const [repository, token] = fresh({ actions: "read" });
    github.world.rateLimit.remaining = 1;
    const runs = `/repos/${repository.fullName}/actions/runs`;
    const last = await call("GET", runs, token);
    expect([last.status, last.headers.get("x-ratelimit-remaining")]).toEqual([200, "0"]);
    const refused = await call("GET", runs, token);
    github.world.rateLimit.remaining = 1000;
    expect(refused).toMatchObject({
      status: 403,
      body: { message: expect.stringMatching(/^API rate limit exceeded/) },
    });
    expect(Number(refused.headers.get("x-ratelimit-reset"))).toBeGreaterThan(Date.now() / 1000);
  });

  test("applies the secondary limit as many times as requested, with Retry-After", async () => {
    const [repository, token] = fresh({ actions: "read" });
    github.world.rateLimit.secondary = { times: 1, retryAfterSeconds: 7 };
    const refused = await call("GET", `/repos/${repository.fullName}/actions/runs`, token);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([403, "7"]);
    expect((await call("GET", `/repos/${repository.fullName}/actions/runs`, token)).status).toBe(200);
  });

  test("does not send unchanged content again", async () => {
    const [repository] = fresh({});
    const url = `${github.origin}/repos/${repository.fullName}/actions/runs`;
    const etag = (await fetch(url)).headers.get("etag") ?? "";
    expect((await fetch(url, { headers: { "If-None-Match": etag } })).status).toBe(304);
    github.addRun({ repository: repository.fullName });
    expect((await fetch(url, { headers: { "If-None-Match": etag } })).status).toBe(200);
  });
});

describe("workflow runs and checks", () => {
  test("lists the runs of a workflow at a commit, newest first, page by page", async () => {
    const [repository, token] = fresh({ actions: "read" });
    const commit = github.addCommit(repository);
    const runs = [1, 2, 3].map(() => github.addRun({ repository: repository.fullName, headSha: commit.sha }));
    github.addRun({ repository: repository.fullName, headSha: commit.sha, workflow: "other.yml" });
    github.addRun({ repository: repository.fullName });
    const path = `/repos/${repository.fullName}/actions/workflows/ci.yml/runs?head_sha=${commit.sha}&per_page=2`;
    const first = await call("GET", path, token);
    expect(first.body).toMatchObject({ total_count: 3, workflow_runs: [{ id: runs[2]?.id }, { id: runs[1]?.id }] });
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    expect((await call("GET", next, token)).body).toMatchObject({
      total_count: 3,
      workflow_runs: [{ id: runs[0]?.id }],
    });
  });

  test("shows a fork's pull request under the repository it was made to, with the fork as its head", async () => {
    const [repository] = fresh({});
    const run = github.addRun({
      repository: repository.fullName,
      headRepository: "mallory/fork",
      event: "pull_request",
    });
    const { body } = await call("GET", `/repos/${repository.fullName}/actions/runs/${run.id}`);
    expect(body).toMatchObject({ head_repository: { full_name: "mallory/fork" }, event: "pull_request" });
  });

  test("gives the newest check run of each name at a commit, and a commit's parents", async () => {
    const [repository] = fresh({});
    const [base, head] = [github.addCommit(repository), github.addCommit(repository)];
    const merge = github.addCommit(repository, { parents: [base.sha, head.sha], ref: "refs/pull/1/merge" });
    const name = "build / docker";
    github.addCheckRun(repository, { name, headSha: merge.sha, status: "completed", conclusion: "failure" });
    github.addCheckRun(repository, { name, headSha: merge.sha, status: "in_progress" });
    const checks = await call("GET", `/repos/${repository.fullName}/commits/${merge.sha}/check-runs`);
    expect(checks.body).toMatchObject({
      total_count: 1,
      check_runs: [{ name, status: "in_progress", conclusion: null }],
    });
    const commit = await call("GET", `/repos/${repository.fullName}/commits/pull%2F1%2Fmerge`);
    expect(commit.body).toMatchObject({ parents: [{ sha: base.sha }, { sha: head.sha }] });
  });
});

describe("releases", () => {
  test("hides a draft from strangers, creates its tag when it is published and shows it as the latest", async () => {
    const [repository, token] = fresh({ contents: "write" });
    const base = `/repos/${repository.fullName}`;
    const created = await call("POST", `${base}/releases`, token, { tag_name: "v1.0.0", draft: true });
    const { id } = created.body as { id: number };
    expect((await call("GET", `${base}/releases/${id}`)).status).toBe(404);
    expect((await call("GET", `${base}/git/ref/tags/v1.0.0`)).status).toBe(404);
    await call("PATCH", `${base}/releases/${id}`, token, { draft: false });
    expect((await call("GET", `${base}/git/ref/tags/v1.0.0`)).status).toBe(200);
    expect((await call("GET", `${base}/releases/latest`)).body).toMatchObject({ id, tag_name: "v1.0.0", draft: false });
  });

  test("stores assets with their digest, once per name, and serves them from the storage", async () => {
    const [repository, token] = fresh({ contents: "write" });
    const created = await call("POST", `/repos/${repository.fullName}/releases`, token, { tag_name: "v1" });
    const { upload_url: template } = created.body as { upload_url: string };
    const upload = template.replace("{?name,label}", "?name=restate.txt");
    const asset = await call("POST", upload, token, Buffer.from("content"));
    expect(asset).toMatchObject({
      status: 201,
      body: { size: 7, digest: "sha256:ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73" },
    });
    expect(await call("POST", upload, token, Buffer.from("x"))).toMatchObject({
      status: 422,
      body: { errors: [{ code: "already_exists" }] },
    });
    const { browser_download_url: url } = asset.body as { browser_download_url: string };
    expect(await (await fetch(url)).text()).toBe("content");
  });

  test("locks an immutable release with its assets and its tag", async () => {
    const [repository, token] = fresh({ contents: "write" }, { immutableReleases: true });
    const base = `/repos/${repository.fullName}`;
    const created = await call("POST", `${base}/releases`, token, { tag_name: "v1", draft: true });
    const { id, upload_url: template } = created.body as { id: number; upload_url: string };
    const upload = template.replace("{?name,label}", "?name=a");
    const { id: asset } = (await call("POST", upload, token, Buffer.from("a"))).body as { id: number };
    await call("PATCH", `${base}/releases/${id}`, token, { draft: false });
    const sha = github.addCommit(repository).sha;
    for (const refused of [
      call("POST", upload.replace("=a", "=b"), token, Buffer.from("b")),
      call("DELETE", `${base}/releases/assets/${asset}`, token),
      call("DELETE", `${base}/git/refs/tags/v1`, token),
      call("PATCH", `${base}/git/refs/tags/v1`, token, { sha, force: true }),
    ]) {
      expect((await refused).status).toBe(422);
    }
    expect((await call("PATCH", `${base}/releases/${id}`, token, { body: "notes may change" })).status).toBe(200);
  });
});

describe("refs", () => {
  test("creates a tag once, moves it only by force, and peels an annotated one", async () => {
    const [repository, token] = fresh({ contents: "write" });
    const base = `/repos/${repository.fullName}`;
    const [one, two] = [github.addCommit(repository).sha, github.addCommit(repository).sha];
    const object = { tag: "v1", message: "first", object: one, type: "commit" };
    const { sha } = (await call("POST", `${base}/git/tags`, token, object)).body as { sha: string };
    expect((await call("POST", `${base}/git/refs`, token, { ref: "refs/tags/v1", sha })).status).toBe(201);
    expect((await call("POST", `${base}/git/refs`, token, { ref: "refs/tags/v1", sha })).status).toBe(422);
    expect((await call("GET", `${base}/git/ref/tags/v1`)).body).toMatchObject({ object: { sha, type: "tag" } });
    expect((await call("GET", `${base}/git/tags/${sha}`)).body).toMatchObject({ object: { sha: one } });
    expect((await call("GET", `${base}/tags`)).body).toEqual([{ name: "v1", commit: { sha: one } }]);
    expect((await call("PATCH", `${base}/git/refs/tags/v1`, token, { sha: two })).status).toBe(422);
    expect((await call("PATCH", `${base}/git/refs/tags/v1`, token, { sha: two, force: true })).status).toBe(200);
  });
});

describe("the OIDC endpoint", () => {
  test.each([true, false])(
    "issues a token that verifies against the published key, only to jobs with id-token: write (ids in its subject: %s)",
    async (hasNumericSubject) => {
      const repository = github.repository("acme/oidc");
      repository.hasNumericSubject = hasNumericSubject;
      const run = github.addRun({ repository: "acme/oidc" });
      expect(github.env(run)).not.toHaveProperty("ACTIONS_ID_TOKEN_REQUEST_URL");
      const env = github.env(run, github.addJob(run), { permissions: { "id-token": "write" } });
      const url = `${env["ACTIONS_ID_TOKEN_REQUEST_URL"]}&audience=sigstore`;
      expect((await call("GET", url, "wrong")).status).toBe(401);
      const { body } = await call("GET", url, env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]);
      const [header = "", payload = "", signature = ""] = (body as { value: string }).value.split(".");
      const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
      expect(claims).toMatchObject({
        aud: "sigstore",
        repository: "acme/oidc",
        sub: hasNumericSubject
          ? `repo:acme@${repository.ownerId}/oidc@${repository.id}:ref:refs/heads/main`
          : "repo:acme/oidc:ref:refs/heads/main",
      });
      const { keys } = (await call("GET", "/oidc/.well-known/jwks")).body as { keys: [JsonWebKey] };
      const key = createPublicKey({ key: keys[0], format: "jwk" });
      const verified = createVerify("RSA-SHA256").update(`${header}.${payload}`).verify(key, signature, "base64url");
      expect(verified).toBe(true);
    },
  );
});
