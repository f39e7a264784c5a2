import { createHash } from "node:crypto";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { runCommand } from "@release-actions/command";
import { describeWith } from "../../parts.ts";
import { Job, type StepOptions, type StepResult } from "../../runner/job.ts";
import { Mac } from "../../stand-in/apple/mac.ts";
import { NotaryApi } from "../../stand-in/apple/notary-api.ts";
import { WORKSHOP_TOOLS, Workshop } from "../../stand-in/apple/workshop.ts";

describeWith([...WORKSHOP_TOOLS, "tar", "xz"], "notarize-macos by the API", () => {
  let workshop: Workshop;
  let signed: string;
  let api: NotaryApi;
  let job: Job;

  beforeAll(async () => {
    workshop = await Workshop.open();
    signed = await workshop.sign(await workshop.build("arm64"));
  }, 120_000);
  afterAll(() => workshop[Symbol.asyncDispose]());
  beforeEach(async () => {
    api = await NotaryApi.open();
    api.behaviour.slowness = 0;
    job = await Job.open();
    await cp(signed, job.file("tool"));
  });
  afterEach(async () => {
    await Promise.all([api.close(), job.close()]);
  });

  const notarize = (
    inputs: Record<string, string> = {},
    options: Pick<StepOptions, "stop" | "env"> = {},
  ): Promise<StepResult> =>
    job.step("notarize-macos", {
      inputs: {
        ...{ path: "tool", "team-id": "TEAMID1234", "api-url": api.url, "s3-url": api.s3.url },
        ...{ "api-key": api.privateKey, "api-key-id": api.keyId, "api-issuer": api.issuer },
        ...inputs,
      },
      ...options,
    });
  const rows = (result: StepResult): Record<string, unknown>[] => JSON.parse(result.outputs["submissions"] ?? "[]");
  const messages = (result: StepResult): string => result.annotations.map(({ message }) => message).join("\n");

  test("notarizes a bare program in a zip, and checks the hash and the ticket in Apple's log", async () => {
    const result = await notarize();
    expect([messages(result), result.conclusion, result.outputs["status"]]).toEqual(["", "success", "accepted"]);
    const [row] = rows(result);
    expect(row).toMatchObject({
      file: "tool",
      name: "submission.zip",
      status: "accepted",
      cdhashes: [expect.stringMatching(/^[0-9a-f]{40}$/)],
    });
    const bytes = api.uploaded(String(row?.["id"]));
    expect(
      createHash("sha256")
        .update(bytes ?? "")
        .digest("hex"),
    ).toBe(row?.["sha256"]);
    const log: unknown = JSON.parse(await readFile(String(row?.["log"]), "utf8"));
    expect(log).toMatchObject({ status: "Accepted", sha256: row?.["sha256"] });
    expect(result.log).toMatch(/tool: a binary cannot hold a ticket. That is fine/);
    expect(result.summary).toMatch(/`tool` \| accepted/);
    expect(await readFile(job.file("tool"))).toEqual(await readFile(signed));
  });

  test("lets macho-check decide later whether a file is the notarized one (F113)", async () => {
    const { outputs } = await notarize();
    const other = await workshop.sign(await workshop.build("arm64"), { extra: ["--binary-identifier", "other"] });
    await cp(other, job.file("other"));
    const check = (file: string, submissions = outputs["submissions"] ?? ""): Promise<StepResult> =>
      job.step("macho-check", {
        inputs: { path: file, submissions, authorities: workshop.authorities.join("\n") },
      });
    expect((await check("tool")).conclusion).toBe("success");
    const result = await check("other");
    expect([result.conclusion, JSON.parse(result.outputs["findings"] ?? "")]).toEqual([
      "failure",
      [
        expect.objectContaining({
          code: "not-notarized",
          message: expect.stringMatching(/which is not among the notarized/),
        }),
      ],
    ]);
    expect(messages(await check("tool", "accepted"))).toMatch(/`submissions` is not the output of notarize-macos/);
  });

  test("does not leak a secret, neither in the log nor in a file (F109)", async () => {
    const result = await notarize();
    const secret = api.privateKey.split("\n")[1] ?? "";
    expect(secret.length).toBeGreaterThan(20);
    expect(result.masks.join("\n")).toContain(secret);
    expect(result.log).not.toContain(secret);
    expect(JSON.stringify(result.outputs) + result.summary).not.toContain(secret);
  });

  test("submits zip archives as they are and everything else in one zip", async () => {
    await workshop.sign(signed).then((other) => cp(other, job.file("other")));
    await runCommand("tar", ["--create", "--xz", "--file", "tool.tar.xz", "tool"], { cwd: job.workspace });
    const first = await notarize();
    await writeFile(job.file("ready.zip"), api.uploaded(String(rows(first)[0]?.["id"])) ?? "");
    await cp(job.file("ready.zip"), job.file("copy.zip"));
    const result = await notarize({ path: "other\ntool.tar.xz\nready.zip\ncopy.zip", "log-dir": "other-logs" });
    expect([messages(result), result.outputs["status"]]).toEqual(["", "accepted"]);
    expect(
      rows(result)
        .map(({ file, name }) => [file, name])
        .sort(),
    ).toEqual([
      ["copy.zip", "copy.zip"],
      ["other", "submission.zip"],
      ["ready.zip", "ready.zip"],
      ["tool.tar.xz", "submission.zip"],
    ]);
    expect(new Set(rows(result).map(({ id }) => id)).size).toBe(3);
  });

  test.each(["strict", "warn", "off"])(
    "preflight %s: a finding stops the step before anything is uploaded, is shown as a warning, or is ignored",
    async (preflight) => {
      await workshop.sign(await workshop.build("arm64"), { runtime: false }).then((bad) => cp(bad, job.file("bad")));
      const result = await notarize({ path: "bad", preflight });
      const level = { strict: "error", warn: "warning" }[preflight];
      const found = result.annotations.filter(({ message }) => message.includes("without the hardened runtime"));
      expect(found.map((annotation) => annotation.level)).toEqual(level === undefined ? [] : [level]);
      expect([result.conclusion, api.submissions.size]).toEqual(
        preflight === "strict" ? ["failure", 0] : ["success", 1],
      );
    },
  );

  test("fails on Invalid with every issue, its advice, and the log kept (F110, misleads 10)", async () => {
    api.behaviour.verdict = "Invalid";
    api.behaviour.issues = [
      {
        severity: "error",
        path: "submission.zip/1/tool",
        message: "The executable does not have the hardened runtime enabled.",
        architecture: "arm64",
      },
    ];
    const result = await notarize();
    expect([result.conclusion, result.outputs["status"]]).toEqual(["failure", "invalid"]);
    expect(messages(result)).toMatch(
      /submission\.zip\/1\/tool \(arm64\): The executable does not have the hardened runtime enabled\.\nSign with `--options runtime`/,
    );
    expect(JSON.parse(await readFile(String(rows(result)[0]?.["log"]), "utf8"))).toMatchObject({ status: "Invalid" });
  });

  test.each([
    ["another hash", { sha256: "0".repeat(64) }, /Apple saw a file with the SHA-256 0{64}/],
    ["a ticket without the program", { ticketContents: [] }, /the ticket does not list the code [0-9a-f]{40}/],
  ])("fails when Apple accepts %s (F113)", async (_title, log, message) => {
    api.behaviour.log = log;
    const result = await notarize();
    expect([result.conclusion, result.outputs["status"]]).toEqual(["failure", "unverified"]);
    expect(rows(result).map(({ status, stage }) => [status, stage])).toEqual([["unverified", "unverified"]]);
    expect(messages(result)).toMatch(message);
    expect(messages(result)).toMatch(/Apple accepted something other than what was submitted/);
    const submissions = result.outputs["submissions"] ?? "";
    const check = await job.step("macho-check", {
      inputs: { path: "tool", submissions, authorities: workshop.authorities.join("\n") },
    });
    expect(check.conclusion).toBe("failure");
  });

  test("outputs the ids at the time limit, and resumes with them (F86, F111)", async () => {
    api.behaviour.slowness = 1000;
    const first = await notarize({ timeout: "1", "log-dir": "first" });
    expect([first.conclusion, first.outputs["status"]]).toEqual(["failure", "pending"]);
    expect(messages(first)).toMatch(/Apple has no verdict on .*: In Progress/);
    expect(first.summary).toContain(String(rows(first)[0]?.["id"]));
    api.behaviour.slowness = 0;
    const second = await notarize({ submissions: first.outputs["submissions"] ?? "", "log-dir": "second" });
    expect([second.conclusion, rows(second)[0]?.["id"], api.submissions.size]).toEqual([
      "success",
      rows(first)[0]?.["id"],
      1,
    ]);
  });

  test("lists recent submissions, without any file", async () => {
    await notarize();
    const result = await notarize({ mode: "list", path: "" });
    expect([messages(result), result.conclusion]).toEqual(["", "success"]);
    expect(JSON.parse(result.outputs["history"] ?? "")).toEqual([
      expect.objectContaining({ id: [...api.submissions.keys()][0], name: "submission.zip", status: "Accepted" }),
    ]);
    expect(api.submissions.size).toBe(1);
  });

  test("does not wait when told not to, and says that nothing is known yet", async () => {
    const result = await notarize({ wait: "false" });
    expect([result.conclusion, result.outputs["status"], rows(result)[0]?.["stage"]]).toEqual([
      "success",
      "pending",
      "uploaded",
    ]);
  });

  const steps: readonly [step: string, when: RegExp, submissions: number][] = [
    ["before it submits", /preflight: 1 Mach-O/, 1],
    ["during an upload, which can only be finished with credentials that are lost", /, uploading$/, 2],
    ["after the upload", /: uploaded$/, 1],
    ["while Apple works", /: In Progress$/, 1],
    ["after the verdict", /: Accepted$/, 1],
  ];

  test.each(steps)("killed %s, it continues from there in the next run (F85)", async (_step, when, submissions) => {
    api.behaviour.slowness = 1;
    const killed = await notarize({}, { stop: { when, by: "SIGKILL" } });
    expect([killed.signal, killed.outputs["status"]]).toEqual(["SIGKILL", undefined]);
    api.behaviour.slowness = 0;
    const result = await notarize();
    expect([messages(result), result.conclusion, api.submissions.size]).toEqual(["", "success", submissions]);
  });

  /** A file that counts as a disk image because of its last block. The action does not read the rest. */
  const diskImage = Buffer.concat([Buffer.alloc(4096, 1), Buffer.from("koly"), Buffer.alloc(508)]);

  test("submits a disk image as it is and attaches the ticket to it", async () => {
    await using mac = await Mac.open();
    await writeFile(job.file("Tool.dmg"), diskImage);
    api.behaviour.log = { ticketContents: [] };
    const result = await notarize({ path: "Tool.dmg" }, { env: mac.env });
    expect([messages(result), result.conclusion]).toEqual(["", "success"]);
    expect(api.uploaded(String(rows(result)[0]?.["id"]))?.equals(diskImage)).toBe(true);
    expect(await mac.argv()).toMatch(/xcrun stapler staple \S+Tool\.dmg$/);
    expect(result.summary).toContain("stapled");
  });

  test("waits for a ticket that is not yet on Apple's public servers", async () => {
    await using mac = await Mac.open({ missingTickets: 1 });
    await writeFile(job.file("Tool.dmg"), diskImage);
    api.behaviour.log = { ticketContents: [] };
    const result = await notarize({ path: "Tool.dmg", staple: "always" }, { env: mac.env });
    expect([messages(result), result.conclusion]).toEqual(["", "success"]);
    expect(result.log).toMatch(/Tool\.dmg: the ticket is not there yet, next try in 3 s/);
    expect((await mac.argv()).match(/stapler staple/g)?.length).toBe(2);
    expect(result.summary).toContain("stapled");
  });

  test.each([
    ["always", "failure", "error"],
    ["auto", "success", "warning"],
    ["never", "success", undefined],
  ])("staple %s on a machine without the program for it: %s", async (staple, conclusion, level) => {
    await writeFile(job.file("Tool.dmg"), diskImage);
    api.behaviour.log = { ticketContents: [] };
    const result = await notarize({ path: "Tool.dmg", staple }, { env: { PATH: "/nowhere" } });
    expect([result.conclusion, result.annotations[0]?.level]).toEqual([conclusion, level]);
    expect(messages(result)).toMatch(level === undefined ? /^$/ : /its ticket was not attached: neither stapler/);
  });

  test("ends within two seconds when the job is cancelled, with its temporary files gone (F84)", async () => {
    api.behaviour.slowness = 1000;
    const result = await notarize({}, { stop: { when: /: In Progress$/ } });
    expect(result.conclusion).toBe("cancelled");
    expect(result.stopMs).toBeLessThan(7000);
    expect((await readdir(job.temp)).filter((name) => name.startsWith("notarize-macos-"))).toEqual([]);
    expect(rows(result)[0]).toMatchObject({ stage: "uploaded" });
  });

  test.each([
    [
      "an empty key secret (misleads 20)",
      { "api-key": "" },
      /`api-key` is empty; `apple-id` and `app-specific-password` are empty/,
    ],
    [
      "no credentials for the API",
      { "api-key": "", "api-key-id": "", backend: "api" },
      /`api-key` and `api-key-id` are empty$/m,
    ],
    ["an invalid key", { "api-key": "c2VjcmV0" }, /neither PEM text nor the base64 of a key/],
    ["submissions that are not JSON", { submissions: "id-1" }, /input `submissions` is not JSON/],
    ["no path", { path: "" }, /input `path` is required/],
    ["an API that is not https", { "api-url": "http://example.com" }, /"http:\/\/example\.com" is not an https URL/],
    ["a time-out of zero", { timeout: "0" }, /at least 1/],
    [
      "an Apple ID on a machine without notarytool",
      { "api-key": "", "apple-id": "a@example.com", "app-specific-password": "x" },
      /notarytool was not found/,
    ],
  ])("refuses %s", async (_title, inputs: Record<string, string>, message) => {
    const result = await notarize(inputs);
    expect([result.conclusion, api.submissions.size]).toEqual(["failure", 0]);
    expect(messages(result)).toMatch(message);
    expect(result.log).not.toMatch(/ {4}at /);
  });
});
