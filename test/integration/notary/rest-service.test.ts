import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  NotaryError,
  type NotaryJob,
  type NotaryOutcome,
  notarize,
  parseApiKey,
  realWorld,
  restService,
  type Submission,
  type World,
} from "@release-actions/notary";
import { type Reporter, silentReporter } from "@release-actions/report";
import { NotaryApi } from "../../stand-in/apple/notary-api.ts";
import type { Answer } from "../../stand-in/http.ts";

const LONG_MS = 60_000;

describe("the notary REST API", () => {
  let api: NotaryApi;
  let folder: string;
  let infos: string[];
  let recorded: Submission[][];

  beforeEach(async () => {
    api = await NotaryApi.open();
    folder = await mkdtemp(path.join(tmpdir(), "submission-"));
    infos = [];
    recorded = [];
  });
  afterEach(async () => {
    await api.close();
    await rm(folder, { recursive: true });
  });

  /** Submits a file that is not an archive, so that the ticket is empty. The action's tests submit real archives. */
  async function job(name: string, bytes = Buffer.from(`bytes of ${name}`)): Promise<NotaryJob> {
    const file = path.join(folder, name);
    await writeFile(file, bytes);
    api.behaviour.log = { ticketContents: [], ...api.behaviour.log };
    return { file, name, sha256: createHash("sha256").update(bytes).digest("hex"), cdhashes: [] };
  }

  function world(signal?: AbortSignal): World {
    const reporter: Reporter = {
      ...silentReporter,
      info: (text) => infos.push(text),
      problem: ({ message }) => infos.push(message),
    };
    // These tests are not about time: waits take a hundredth of their length.
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms / 100));
    return { ...realWorld(reporter, {}, signal), sleep };
  }

  interface Options {
    readonly earlier?: readonly Submission[];
    readonly wait?: boolean;
    readonly timeoutMs?: number;
    readonly key?: string;
    readonly signal?: AbortSignal;
  }

  async function run(jobs: readonly NotaryJob[], options: Options = {}): Promise<NotaryOutcome[]> {
    const here = world(options.signal);
    const key = parseApiKey(options.key ?? api.privateKey, api.keyId, api.issuer);
    return await notarize(jobs, {
      service: restService({ key, world: here, apiUrl: api.url, s3Url: api.s3.url }),
      world: here,
      earlier: options.earlier ?? [],
      record: async (submissions) => void recorded.push([...submissions]),
      wait: options.wait ?? true,
      deadline: Date.now() + (options.timeoutMs ?? LONG_MS),
    });
  }

  test("submits, uploads, waits and reads the log", async () => {
    api.behaviour.slowness = 3;
    const [outcome] = await run([await job("tool.zip")]);
    expect(outcome).toMatchObject({ verdict: "accepted", complaints: [], log: { status: "Accepted" } });
    expect(api.uploaded(outcome?.submission.id ?? "")?.toString()).toBe("bytes of tool.zip");
    expect(recorded.map(([submission]) => submission?.stage)).toEqual(["created", "uploaded", "accepted"]);
  });

  test("uploads a large file in parts, each signed and checked", async () => {
    const bytes = randomBytes(20 << 20);
    const [outcome] = await run([await job("large.zip", bytes)]);
    expect(api.uploaded(outcome?.submission.id ?? "")?.equals(bytes)).toBe(true);
    expect(api.s3.requests.filter((line) => line.includes("partNumber=")).length).toBe(3);
    expect(outcome?.verdict).toBe("accepted");
  });

  test("notarizes many files side by side", async () => {
    const jobs = await Promise.all(Array.from({ length: 12 }, (_, index) => job(`tool-${index}.zip`)));
    const outcomes = await run(jobs);
    expect(outcomes.map(({ job: { name }, verdict }) => [name, verdict])).toEqual(
      jobs.map(({ name }) => [name, "accepted"]),
    );
    expect(new Set(outcomes.map(({ submission }) => submission.id)).size).toBe(12);
  });

  test.each(["Invalid", "Rejected"])("reports %s with every issue and what to do (F110)", async (verdict) => {
    api.behaviour.verdict = verdict;
    api.behaviour.issues = [
      {
        severity: "error",
        code: null,
        path: "tool.zip/bin/tool",
        message: "The signature does not include a secure timestamp.",
        docUrl: null,
        architecture: "arm64",
      },
      {
        severity: "warning",
        code: null,
        path: "tool.zip/bin/tool",
        message: "Something new.",
        docUrl: "https://developer.apple.com/x",
        architecture: null,
      },
    ];
    const [outcome] = await run([await job("tool.zip")]);
    expect(outcome?.verdict).toBe(verdict.toLowerCase());
    expect(outcome?.complaints).toEqual([
      {
        level: "error",
        message: "tool.zip/bin/tool (arm64): The signature does not include a secure timestamp.",
        advice: expect.stringContaining("--timestamp"),
      },
      { level: "warning", message: "tool.zip/bin/tool: Something new.", advice: "See https://developer.apple.com/x" },
    ]);
  });

  test("shows warnings of an accepted submission", async () => {
    api.behaviour.issues = [{ severity: "warning", path: "a", message: "Old.", architecture: "x86_64" }];
    const [outcome] = await run([await job("tool.zip")]);
    expect(outcome).toMatchObject({
      verdict: "accepted",
      complaints: [{ level: "warning", message: "a (x86_64): Old." }],
    });
  });

  test("refuses an acceptance of other bytes than were submitted", async () => {
    api.behaviour.log = { sha256: "0".repeat(64) };
    const [outcome] = await run([await job("tool.zip")]);
    expect([outcome?.verdict, recorded.at(-1)?.[0]?.stage]).toEqual(["unverified", "unverified"]);
    expect(outcome?.complaints).toEqual([
      expect.objectContaining({
        level: "error",
        message: expect.stringMatching(/^Apple saw a file with the SHA-256 0{64}, but/),
      }),
    ]);
  });

  test("refuses a ticket that does not list the code (F113)", async () => {
    const submitted = { ...(await job("tool.zip")), cdhashes: ["ab".repeat(20), "cd".repeat(20)] };
    api.behaviour.log = {
      ticketContents: [{ path: "tool.zip/tool", digestAlgorithm: "SHA-256", cdhash: "AB".repeat(20), arch: "arm64" }],
    };
    const [outcome] = await run([submitted]);
    expect(outcome?.verdict).toBe("unverified");
    expect(outcome?.complaints.map(({ message }) => message)).toEqual([
      `the ticket does not list the code ${"cd".repeat(20)}`,
    ]);
  });

  test("does not treat an unknown status as success, and gives the id at the time limit (F111)", async () => {
    api.behaviour.verdict = "Approved";
    const [outcome] = await run([await job("tool.zip")], { timeoutMs: 300 });
    expect(outcome?.verdict).toBe("pending");
    expect(outcome?.complaints[0]?.message).toMatch(/^Apple has no verdict on .* the last answer was: Approved$/);
    expect(recorded.at(-1)).toEqual([expect.objectContaining({ id: outcome?.submission.id, stage: "uploaded" })]);
  });

  test("does not wait when told not to", async () => {
    const [outcome] = await run([await job("tool.zip")], { wait: false });
    expect([outcome?.verdict, outcome?.submission.stage]).toEqual(["pending", "uploaded"]);
  });

  test("lists recent submissions", async () => {
    await run([await job("tool.zip")]);
    const here = world();
    const key = parseApiKey(api.privateKey, api.keyId, api.issuer);
    const service = restService({ key, world: here, apiUrl: api.url, s3Url: api.s3.url });
    const [id] = [...api.submissions.keys()];
    expect(await service.list()).toEqual([
      { id, name: "tool.zip", status: "Accepted", createdDate: "2026-01-01T00:00:00.000Z" },
    ]);
  });

  test("resumes a submission of the same bytes instead of submitting again (F111)", async () => {
    const submitted = await job("tool.zip");
    const [first] = await run([submitted], { wait: false });
    const [second] = await run([submitted], { earlier: first === undefined ? [] : [first.submission] });
    expect(second).toMatchObject({ verdict: "accepted", submission: { id: first?.submission.id } });
    expect(api.submissions.size).toBe(1);
  });

  test.each<[title: string, earlier: Partial<Submission>]>([
    ["of other bytes", { sha256: "0".repeat(64) }],
    ["whose upload was not finished", { stage: "created" }],
    ["that Apple accepted for other bytes", { stage: "unverified" }],
    ["that Apple does not know", { id: "c0ffee00-0000-4000-8000-000000000000" }],
  ])("does not resume a submission %s", async (_title, change) => {
    const submitted = await job("tool.zip");
    const [first] = await run([submitted], { wait: false });
    if (first === undefined) throw new Error("no outcome");
    const [second] = await run([submitted], { earlier: [{ ...first.submission, ...change }] });
    expect(second?.verdict).toBe("accepted");
    expect(second?.submission.id).not.toBe(first.submission.id);
  });

  describe("faults", () => {
    test.each([
      ["500 and 503 while submitting (F19)", /POST/, [{ status: 500 }, { status: 503 }]],
      ["throttling (F20)", /GET .*submissions/, [{ status: 429, headers: { "Retry-After": "1" } }, { status: 429 }]],
      ["502 for the log", /logs$/, [{ status: 502, body: Buffer.from("<html>Bad Gateway</html>") }]],
      ["a token that the service no longer accepts", /GET/, [{ status: 401 }]],
    ])("survives %s", async (_title, when, answers) => {
      api.behaviour.faults = answers.map((answer) => ({ when, answer }));
      const [outcome] = await run([await job("tool.zip")]);
      expect([outcome?.verdict, api.behaviour.faults, api.submissions.size]).toEqual(["accepted", [], 1]);
    });

    test("keeps waiting when the status is not available for a while (F112)", async () => {
      api.behaviour.faults = Array.from({ length: 8 }, () => ({
        when: /GET .*submissions\/[^/]+$/,
        answer: { status: 503 },
      }));
      const [outcome] = await run([await job("tool.zip")]);
      expect(outcome?.verdict).toBe("accepted");
      expect(infos.join("\n")).toMatch(/failed 6 times: HTTP 503; still waiting/);
    });

    test.each([
      ["one 404", { status: 404, body: { errors: [{ title: "Not found", detail: "no such submission" }] } }],
      ["an HTML 400", { status: 400, headers: { "Content-Type": "text/html" }, body: Buffer.from("<html>Bad</html>") }],
    ])("keeps waiting after %s while it polls", async (_title, answer) => {
      api.behaviour.slowness = 2;
      api.behaviour.faults = [{ when: /GET .*submissions\/[^/]+$/, answer }];
      const [outcome] = await run([await job("tool.zip")]);
      expect(outcome?.verdict).toBe("accepted");
      expect(infos.join("\n")).toMatch(/HTTP 40[04].*; still waiting/);
    });

    test("does not wait forever for a submission that Apple does not know", async () => {
      api.behaviour.faults = Array.from({ length: 40 }, () => ({
        when: /GET .*submissions\/[^/]+$/,
        answer: { status: 404 },
      }));
      await expect(run([await job("tool.zip")])).rejects.toMatchObject({ status: 404 });
    });

    test("keeps the verdict when the log never comes", async () => {
      api.behaviour.verdict = "Invalid";
      const missing = { when: /logs$/, answer: { status: 404 } };
      api.behaviour.faults = Array.from({ length: 20 }, () => missing);
      const [outcome] = await run([await job("tool.zip")]);
      expect([outcome?.verdict, outcome?.log]).toEqual(["invalid", undefined]);
      expect(outcome?.complaints[0]?.message).toMatch(
        /verdict is invalid, but the log .* is not available: .*HTTP 404/,
      );
    });

    test("does not treat an acceptance without a log as accepted", async () => {
      api.behaviour.faults = Array.from({ length: 20 }, () => ({ when: /logs$/, answer: { status: 404 } }));
      const [outcome] = await run([await job("tool.zip")]);
      expect([outcome?.verdict, outcome?.submission.stage]).toEqual(["pending", "uploaded"]);
    });

    const SECRETS = {
      awsSecretAccessKey: "wJalrXUtnFEMI",
      awsSessionToken: "FwoGZXIvYXdzE",
      awsAccessKeyId: "ASIAXYZ",
    };
    const withSecrets = { data: { attributes: { bucket: "b", object: "o", ...SECRETS } } };
    test.each<[title: string, answer: Answer]>([
      ["201", { status: 201, body: withSecrets }],
      [
        "202 as text",
        { status: 202, headers: { "Content-Type": "text/plain" }, body: Buffer.from(JSON.stringify(withSecrets)) },
      ],
      ["half of its JSON", { status: 200, body: Buffer.from(JSON.stringify(withSecrets).slice(0, -3)) }],
      ["JSON without an id", { status: 200, body: withSecrets }],
      ["400 with it", { status: 400, body: { errors: [], ...withSecrets } }],
    ])("shows no credential of a submission that is answered with %s", async (_title, answer) => {
      api.behaviour.faults = [{ when: /POST/, answer }];
      const error: unknown = await run([await job("tool.zip")]).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(NotaryError);
      const shown = inspect(error, { depth: 9, showHidden: true }) + infos.join("\n");
      for (const secret of Object.values(SECRETS)) expect(shown).not.toContain(secret);
    });

    test.each([
      ["Forbidden: A required agreement is missing or has expired.", /account holder must accept/],
      ["Team is not yet configured for notarization.", /enable notarization for the team/],
      ["You are attached to other iTunes providers.", /several teams/],
      ["Invalid or inaccessible developer team ID for the provided Apple ID.", /must belong to this team/],
      ["This request is forbidden for security reasons.", /role Developer or above/],
    ])("has its own advice for 403: %s", async (detail, advice) => {
      api.behaviour.faults = [{ when: /POST/, answer: { status: 403, body: { errors: [{ title: "", detail }] } } }];
      await expect(run([await job("tool.zip")])).rejects.toMatchObject({ advice: expect.stringMatching(advice) });
    });

    test.each(["SlowDown", "InternalError"] as const)("survives %s of S3 (F26, F27)", async (code) => {
      api.s3.faults.push(code, code);
      const [outcome] = await run([await job("tool.zip")]);
      expect(outcome?.verdict).toBe("accepted");
    });

    test("says that upload credentials have expired (F23)", async () => {
      api.s3.faults.push("ExpiredToken", "ExpiredToken", "ExpiredToken", "ExpiredToken", "ExpiredToken");
      const failing = run([await job("tool.zip")]);
      await expect(failing).rejects.toThrow(/tool\.zip could not be uploaded to Apple: ExpiredToken/);
      await expect(failing).rejects.toMatchObject({ advice: expect.stringMatching(/twelve hours/) });
    });

    test("names the key when Apple does not accept the signature of the token", async () => {
      const other = await NotaryApi.open();
      await other.close();
      const failing = run([await job("tool.zip")], { key: other.privateKey });
      await expect(failing).rejects.toThrow(/HTTP 401: Request refused: Provide a properly configured/);
      await expect(failing).rejects.toMatchObject({
        status: 401,
        advice: expect.stringMatching(/key, key id and issuer/),
      });
    });

    test.each([
      [2 * 3600_000, /clock is 120 min behind Apple's/],
      [-2 * 3600_000, /clock is 120 min ahead of Apple's/],
    ])("says that the clock is wrong by %d ms (F98)", async (skew, message) => {
      api.behaviour.clockSkew = skew;
      await expect(run([await job("tool.zip")])).rejects.toThrow(message);
    });

    test.each([
      [
        "an answer that is not JSON (F34)",
        { status: 200, body: Buffer.from("<html>login</html>") },
        /is not JSON: it has 18 characters and is a web page/,
      ],
      [
        "JSON without an id",
        {
          status: 200,
          body: {
            data: {
              attributes: {
                bucket: "b",
                object: "o",
                awsAccessKeyId: "a",
                awsSecretAccessKey: "s",
                awsSessionToken: "t",
              },
            },
          },
        },
        /the id of the submission is missing/,
      ],
      [
        "no credentials",
        { status: 200, body: { data: { id: "x", attributes: {} } } },
        /`bucket` in Apple's answer is missing/,
      ],
      ["an empty answer (F46)", { status: 200 }, /is not JSON/],
      ["a redirect (F16)", { status: 302, headers: { Location: "https://example.com/" } }, /HTTP 302/],
      [
        "403",
        {
          status: 403,
          body: { errors: [{ title: "Forbidden", detail: "A required agreement is missing or has expired." }] },
        },
        /HTTP 403: Forbidden: A required agreement/,
      ],
    ])("refuses %s", async (_title, answer, message) => {
      api.behaviour.faults = [{ when: /POST/, answer }];
      const failing = run([await job("tool.zip")]);
      await expect(failing).rejects.toThrow(message);
      await expect(failing).rejects.toBeInstanceOf(NotaryError);
      expect(api.requests.length).toBe(1);
    });

    test("one file that fails does not stop the others", async () => {
      const jobs = [await job("bad.exe"), await job("good.zip")];
      await expect(run(jobs)).rejects.toThrow(/submissionName must end in/);
      expect(recorded.at(-1)).toEqual([expect.objectContaining({ name: "good.zip", stage: "accepted" })]);
    });

    test("stops at once when the job is cancelled (F84)", async () => {
      api.behaviour.slowness = 1000;
      const controller = new AbortController();
      const running = run([await job("tool.zip")], { signal: controller.signal });
      setTimeout(() => controller.abort(new Error("cancelled")), 300);
      await expect(running).rejects.toThrow("cancelled");
    });

    test("gives up when the service cannot be reached, and names it and the cause (F01)", async () => {
      await api.close();
      await expect(run([await job("tool.zip")])).rejects.toThrow(
        /POST http:\/\/127\.0\.0\.1:\d+\/notary\/v2\/submissions failed 6 times: .*ECONNREFUSED/,
      );
      api = await NotaryApi.open();
    });
  });
});
