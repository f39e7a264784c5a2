import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, describe, expect, jest, test } from "@jest/globals";
import { openZip, readZipEntry } from "@release-actions/archive";
import { findInCurrentRun, type UploadRequest } from "@release-actions/artifacts";
import { runCommand } from "@release-actions/command";
import type { Run } from "../../stand-in/model.ts";
import type { NetworkFault } from "../../stand-in/proxy/faults.ts";
import { runPublishedArtifactClient } from "../../stand-in/published/run.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { Fixture, open, sha256 } from "./fixture.ts";
import type { UploadOutcome } from "./upload-child.ts";

jest.setTimeout(60_000);

const NAME = "restate.tar";
const CONTENT = randomBytes(9_000_000);
const folder = temporaryFolder();
const fixture = await Fixture.start();
const file = path.join(folder, NAME);
await writeFile(file, CONTENT);
afterEach(() => {
  fixture.world.reset();
  fixture.world.github.world.quotaReached = false;
});
afterAll(() => fixture.world.close());

async function upload(
  run: Run,
  request: Partial<UploadRequest> = {},
  env: Record<string, string> = {},
): Promise<UploadOutcome> {
  const defaults: UploadRequest = { name: NAME, file, format: "zip", retentionDays: 1, ifExists: "same" };
  const child = path.join(import.meta.dirname, "upload-child.ts");
  const { stdout } = await runCommand(process.execPath, [child, JSON.stringify({ ...defaults, ...request })], {
    env: { PATH: process.env["PATH"], ...fixture.world.github.env(run), GITHUB_WORKSPACE: folder, ...env },
  });
  // The child writes this line from a value of that type.
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as UploadOutcome;
}

describe("an upload", () => {
  test("creates a stored zip with the one file, and with the requested retention", async () => {
    const run = fixture.world.github.addRun();
    const outcome = await upload(run);
    const artifact = fixture.world.github.artifact(run, NAME);
    expect(outcome).toEqual({ id: artifact.id, size: artifact.size, digest: artifact.digest, reused: false });
    expect(artifact.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(86_400_000);
    const opened = await open(await findInCurrentRun(fixture.results(run), NAME));
    if (opened.kind !== "ranged") throw new Error("expected ranges");
    const [entry, ...others] = await openZip(opened.source);
    expect([entry?.path, entry?.method, entry?.size, others]).toEqual([NAME, "stored", CONTENT.length, []]);
    if (entry !== undefined) expect(await sha256(readZipEntry(opened.source, entry))).toBe(await sha256(CONTENT));
  });

  test("creates the file itself as `raw`, under the requested name, and the published client reads it", async () => {
    const run = fixture.world.github.addRun();
    const outcome = await upload(run, { format: "raw", name: "image" });
    expect(outcome).toMatchObject({ size: CONTENT.length, digest: await sha256(CONTENT) });
    const { id } = fixture.world.github.artifact(run, "image");
    const target = await mkdtemp(path.join(folder, "down-"));
    const env = { ...fixture.world.github.env(run), GITHUB_WORKSPACE: folder };
    await runPublishedArtifactClient({ do: "download", id, options: { path: target } }, { env });
    expect(await sha256(await readFile(path.join(target, "image")))).toBe(await sha256(CONTENT));
  });

  test.each(["zip", "raw"] as const)(
    "F30: of content that is already there (%s) sends nothing, even with another time stamp",
    async (format) => {
      const run = fixture.world.github.addRun();
      const first = await upload(run, { format });
      await utimes(file, new Date(0), new Date(0));
      expect(await upload(run, { format })).toEqual({ ...first, reused: true });
    },
  );

  test.each(["zip", "raw"] as const)(
    "F30: over different content (%s) fails and says what to do, or replaces it on request",
    async (format) => {
      const run = fixture.world.github.addRun();
      await upload(run, { format });
      const other = path.join(folder, "other", NAME);
      await mkdir(path.dirname(other), { recursive: true });
      await writeFile(other, Buffer.concat([CONTENT.subarray(1), Buffer.from("x")]));
      expect(await upload(run, { file: other, format })).toMatchObject({
        error: "Fault",
        message: expect.stringMatching(
          /^this run already has an artifact "restate\.tar" with other content \(id \d+, sha256:/,
        ),
        advice: expect.stringContaining("if-exists: replace"),
      });
      const before = fixture.world.github.artifact(run, NAME).id;
      expect(await upload(run, { file: other, format, ifExists: "replace" })).toMatchObject({ reused: false });
      expect(fixture.world.github.artifact(run, NAME).id).toBeGreaterThan(before);
    },
  );

  test("can use its name again in a new attempt of the run", async () => {
    const run = fixture.world.github.addRun();
    const first = await upload(run);
    fixture.world.github.rerun(run);
    const second = await upload(run);
    expect(second).toMatchObject({ reused: false });
    expect(second).not.toMatchObject({ id: "id" in first ? first.id : 0 });
  });

  const answer = (status: number, body = "{}", headers = {}): NetworkFault => ({
    kind: "answer",
    status,
    headers,
    body,
  });
  const survived: [title: string, where: "services" | "storage", url: RegExp, times: number, fault: NetworkFault][] = [
    ["F02: a reset of CreateArtifact", "services", /CreateArtifact/, 1, { kind: "reset" }],
    ["F02: a lost answer to CreateArtifact", "services", /CreateArtifact/, 1, { kind: "lost-answer" }],
    ["F03: a reset of FinalizeArtifact", "services", /FinalizeArtifact/, 1, { kind: "reset" }],
    ["F03: a lost answer to FinalizeArtifact", "services", /FinalizeArtifact/, 1, { kind: "lost-answer" }],
    [
      "F31: a 502 from FinalizeArtifact after it was applied",
      "services",
      /FinalizeArtifact/,
      1,
      { kind: "status", status: 502 },
    ],
    ["F18: a 503 from CreateArtifact", "services", /CreateArtifact/, 1, answer(503)],
    ["F27: a 503 for a block", "storage", /comp=block&/, 1, answer(503)],
    ["F27: a reset of a block", "storage", /comp=block&/, 1, { kind: "reset" }],
    ["F29: a block that stalls", "storage", /comp=block&/, 1, { kind: "stall" }],
    ["F28: a 412 on committing the blocks", "storage", /comp=blocklist/, 1, answer(412, "")],
  ];
  test.each(survived)("survives %s", async (_title, where, url, times, fault) => {
    const run = fixture.world.github.addRun();
    const rule = fixture.world[where].inject({ url, times }, fault);
    // After this time without data the client gives up a request. Its default would make the test slow.
    const outcome = await upload(run, {}, { ACTIONS_ARTIFACT_UPLOAD_TIMEOUT_MS: "2000" });
    expect(rule.hits).toBe(times);
    const artifact = fixture.world.github.artifact(run, NAME);
    expect(outcome).toEqual({ id: artifact.id, size: artifact.size, digest: artifact.digest, reused: false });
    expect(fixture.world.github.world.artifactsOf(run)).toHaveLength(1);
  });

  test("F28: that the storage refuses fails with the status, the error code and the request ID", async () => {
    const fault = answer(403, "", { "x-ms-error-code": "AuthorizationFailure", "x-ms-request-id": "abc-1" });
    fixture.world.storage.inject({ method: "PUT" }, fault);
    expect(await upload(fixture.world.github.addRun())).toMatchObject({
      error: "TransferError",
      message: expect.stringMatching(/status 403, AuthorizationFailure, request abc-1/),
      advice: `${file} is still there for another attempt.`,
    });
  });

  test("F32: into a full storage fails at once, and keeps the file", async () => {
    fixture.world.github.world.quotaReached = true;
    // The client tries five times before it reports the failure, and its waits cannot be shortened from here.
    expect(await upload(fixture.world.github.addRun())).toMatchObject({
      error: "RefusedError",
      message: `uploading ${NAME} failed: the artifact storage of the account is full`,
      advice: expect.stringContaining(`${file} is still there`),
    });
  });

  test("F36: after the end of the runtime token fails at once", async () => {
    const { github } = fixture.world;
    const run = github.addRun();
    const env = github.env(run, github.addJob(run), { runtimeTokenLifetime: -1 });
    expect(await upload(run, {}, env)).toMatchObject({
      error: "AccessError",
      advice: expect.stringContaining("about six hours"),
    });
  });

  test("of a folder is refused before anything is sent", async () => {
    expect(await upload(fixture.world.github.addRun(), { file: folder })).toMatchObject({
      message: `${folder} is not a file`,
    });
    expect(fixture.world.services.passages).toEqual([]);
  });
});
