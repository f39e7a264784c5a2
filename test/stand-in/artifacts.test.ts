import { createHash } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startGitHub } from "./github.ts";
import type { Run } from "./model.ts";
import type { ArtifactRequest } from "./published/artifact-client.ts";
import { type ClientRun, runPublishedArtifactClient } from "./published/run.ts";

const FILE = "restate.tar";
const folder = temporaryFolder();
const github = await startGitHub();
await writeFile(path.join(folder, FILE), Buffer.alloc(20_000_000, "0123456789"));

afterAll(() => github.close());

async function client(run: Run, request: ArtifactRequest, env: Record<string, string> = {}): Promise<ClientRun> {
  return await runPublishedArtifactClient(request, { env: { ...github.env(run), GITHUB_WORKSPACE: folder, ...env } });
}

async function upload(run: Run, options: { skipArchive?: boolean; retentionDays?: number } = {}): Promise<ClientRun> {
  const files = [path.join(folder, FILE)];
  return await client(run, {
    do: "upload",
    name: FILE,
    files,
    root: folder,
    options: { compressionLevel: 0, ...options },
  });
}

describe("the artifact service, with the published client", () => {
  test.each([
    ["a stored zip", {}],
    ["a raw file", { skipArchive: true }],
  ])("stores %s and returns it", async (_title, options) => {
    const run = github.addRun();
    const uploaded = await upload(run, options);
    expect(uploaded.log).toContain("successfully finalized");
    const artifact = github.artifact(run, FILE);
    expect(uploaded.answer).toEqual({ id: artifact.id, size: artifact.size, digest: artifact.digest?.slice(7) });

    const target = await mkdtemp(path.join(folder, "down-"));
    const request = { path: target, ...(artifact.digest === undefined ? {} : { expectedHash: artifact.digest }) };
    const downloaded = await client(run, { do: "download", id: artifact.id, options: request });
    expect(downloaded.answer).toEqual({ downloadPath: target, digestMismatch: false });
    const content = await readFile(path.join(target, FILE));
    expect(createHash("sha256").update(content).digest("hex")).toBe(
      createHash("sha256")
        .update(await readFile(path.join(folder, FILE)))
        .digest("hex"),
    );
  });

  test("lists the artifacts of a run with size and digest, in another job and by REST", async () => {
    const run = github.addRun();
    await upload(run);
    const { id, size, digest } = github.artifact(run, FILE);
    const listed = { artifacts: [{ id, name: FILE, size, digest, createdAt: expect.any(String) }] };
    expect((await client(run, { do: "list" })).answer).toEqual(listed);
    const { owner: repositoryOwner, name: repositoryName } = run.repository;
    const token = github.token(run.repository, { actions: "read" });
    const findBy = { token, workflowRunId: run.id, repositoryOwner, repositoryName };
    expect((await client(run, { do: "list", options: { findBy } })).answer).toEqual(listed);
    const target = await mkdtemp(path.join(folder, "down-"));
    await client(run, { do: "download", id, options: { path: target, findBy } });
    expect((await readFile(path.join(target, FILE))).length).toBe(20_000_000);
  });

  test("refuses a second artifact of one name until the first is deleted", async () => {
    const run = github.addRun();
    await upload(run);
    const again = await upload(run);
    expect(again.exitCode).not.toBe(0);
    expect(again.log).toContain("(409) Conflict: an artifact with this name already exists on the workflow run");
    expect((await client(run, { do: "delete", name: FILE })).answer).toEqual({ id: expect.any(Number) });
    expect((await upload(run)).exitCode).toBe(0);
  });

  test("takes the same name in a new attempt and lists both", async () => {
    const run = github.addRun();
    await upload(run);
    github.rerun(run);
    expect((await upload(run)).exitCode).toBe(0);
    const all = await client(run, { do: "list" });
    expect(all.answer).toMatchObject({ artifacts: [{ name: FILE }, { name: FILE }] });
    const latest = await client(run, { do: "list", options: { latest: true } });
    expect(latest.answer).toMatchObject({ artifacts: [{ id: github.artifact(run, FILE).id }] });
  });

  test("keeps the runs apart", async () => {
    const [one, other] = [github.addRun(), github.addRun()];
    await upload(one);
    expect((await client(other, { do: "list" })).answer).toEqual({ artifacts: [] });
  });

  test("no longer offers an expired artifact", async () => {
    const run = github.addRun();
    await upload(run, { retentionDays: 1 });
    const artifact = github.artifact(run, FILE);
    expect(artifact.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(86_400_000);
    await github.expire(artifact);
    expect((await client(run, { do: "list" })).answer).toEqual({ artifacts: [] });
    const token = github.token(run.repository, { actions: "read" });
    const zip = `${github.origin}/repos/acme/product/actions/artifacts/${artifact.id}/zip`;
    expect((await fetch(zip, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(410);
  });

  test("refuses a token that has expired", async () => {
    const run = github.addRun();
    const env = github.env(run, github.addJob(run), { runtimeTokenLifetime: -1 });
    const { log } = await client(run, { do: "list" }, env);
    expect(log).toContain("(401) Unauthorized: invalid or expired authorization token");
  });

  test("reports a full storage quota with the message that the client knows", async () => {
    github.world.quotaReached = true;
    const { log } = await upload(github.addRun());
    github.world.quotaReached = false;
    expect(log).toContain("Artifact storage quota has been hit");
  });
});

describe("the artifact service, called wrongly", () => {
  const post = async (method: string, body: unknown, init: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(`${github.origin}/twirp/github.actions.results.api.v1.ArtifactService/${method}`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
      headers: { "Content-Type": "application/json", ...init.headers },
    });
    const answer: unknown = await response.json();
    return { status: response.status, body: answer };
  };

  test.each([
    ["no token", "ListArtifacts", {}, {}, 401, "unauthenticated"],
    ["a body that is not JSON", "ListArtifacts", "{", undefined, 400, "malformed"],
    ["a field of another type", "CreateArtifact", { name: 3 }, undefined, 400, "malformed"],
    ["no backend ids", "ListArtifacts", {}, undefined, 400, "invalid_argument"],
    [
      "a run for which the token is not valid",
      "ListArtifacts",
      { workflow_run_backend_id: "x" },
      undefined,
      403,
      "permission_denied",
    ],
    ["a name with a slash", "CreateArtifact", { name: "a/b" }, undefined, 400, "invalid_argument"],
    ["an unknown version", "CreateArtifact", { name: "a", version: 8 }, undefined, 400, "invalid_argument"],
    ["no such method", "Create", {}, undefined, 404, "bad_route"],
    ["an artifact that does not exist", "GetSignedArtifactURL", { name: "a" }, undefined, 404, "not_found"],
  ])("refuses %s", async (title, method, body, headers, status, code) => {
    const run = github.addRun();
    const job = github.addJob(run);
    const token = github.env(run, job)["ACTIONS_RUNTIME_TOKEN"];
    const ids = { workflow_run_backend_id: run.backendIds[0], workflow_job_run_backend_id: job.backendId };
    const message = typeof body === "string" || title === "no backend ids" ? body : { ...ids, ...body };
    const init = { headers: headers ?? { Authorization: `Bearer ${token}` } };
    expect(await post(method, message, init)).toMatchObject({ status, body: { code } });
  });

  test("refuses to finalize content that was not uploaded, or has another size", async () => {
    const run = github.addRun();
    const job = github.addJob(run);
    const init = { headers: { Authorization: `Bearer ${github.env(run, job)["ACTIONS_RUNTIME_TOKEN"]}` } };
    const ids = { workflow_run_backend_id: run.backendIds[0], workflow_job_run_backend_id: job.backendId, name: "a" };
    const created = await post("CreateArtifact", { ...ids, version: 7 }, init);
    expect(created).toMatchObject({ status: 200, body: { ok: true, signed_upload_url: expect.any(String) } });
    const finalize = (): Promise<unknown> => post("FinalizeArtifact", { ...ids, size: "5" }, init);
    expect(await finalize()).toMatchObject({ status: 412, body: { code: "failed_precondition" } });
    const { signed_upload_url: url } = (created as { body: { signed_upload_url: string } }).body;
    await fetch(url, { method: "PUT", body: "1234", headers: { "x-ms-blob-type": "BlockBlob" } });
    expect(await finalize()).toMatchObject({ status: 400, body: { code: "invalid_argument" } });
  });
});
