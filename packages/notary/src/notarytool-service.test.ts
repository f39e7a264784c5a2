import { describe, expect, test } from "@jest/globals";
import type { CommandResult, CommandRunner } from "@release-actions/command";
import { silentReporter } from "@release-actions/report";
import { realWorld } from "./http.ts";
import { notarytoolService, storeCredentials } from "./notarytool-service.ts";

const failed = (stderr: string): CommandResult => ({ exitCode: 69, stdout: "", stderr });
const answered = (value: object): CommandResult => ({ exitCode: 0, stdout: JSON.stringify(value), stderr: "" });

/** A service that returns the results in order, and records its calls and waits. */
function service(...results: readonly CommandResult[]) {
  const queue = [...results];
  const calls: string[] = [];
  const waits: number[] = [];
  const run: CommandRunner = async (command, args) => {
    calls.push([command, ...args].join(" "));
    return queue.shift() ?? failed("no more answers");
  };
  const world = { ...realWorld(silentReporter, {}), sleep: async (ms: number) => void waits.push(ms) };
  return { calls, waits, service: notarytoolService({ run, world, keychain: "/k.keychain-db" }) };
}

describe("notarytoolService", () => {
  test.each([
    "Error: HTTP status code: 503. Service Unavailable.",
    "Error: HTTP status code: 429. Too Many Requests.",
    "The network connection was lost. NSURLErrorDomain Code=-1005",
    "Error: The request timed out.",
  ])("retries after: %s", async (said) => {
    const {
      service: notarytool,
      calls,
      waits,
    } = service(failed(said), failed(said), answered({ id: "1", status: "Accepted" }));
    expect(await notarytool.status("1")).toEqual({ status: "accepted", text: "Accepted" });
    expect(waits).toEqual([5000, 10_000]);
    expect(calls[0]).toBe(
      "xcrun notarytool info 1 --keychain-profile notarize-macos --keychain /k.keychain-db --output-format json",
    );
  });

  test("gives up after four tries, and shows the last message", async () => {
    const said = "Error: HTTP status code: 500.";
    const { service: notarytool, calls } = service(...Array.from({ length: 9 }, () => failed(said)));
    await expect(notarytool.status("1")).rejects.toThrow(
      /info: notarytool ended with exit code 69:\nError: HTTP status code: 500/,
    );
    expect(calls.length).toBe(4);
  });

  test("does not retry permanent errors", async () => {
    const { service: notarytool, calls } = service(failed("Error: HTTP status code: 401. Unauthenticated."));
    await expect(notarytool.status("1")).rejects.toThrow(/401/);
    expect(calls.length).toBe(1);
  });

  test("uses the JSON for any exit code", async () => {
    const invalid = { id: "1", status: "Invalid" };
    const { service: notarytool } = service(
      { ...answered(invalid), exitCode: 0 },
      { ...answered(invalid), exitCode: 1 },
    );
    expect((await notarytool.status("1")).status).toBe("invalid");
    expect((await notarytool.status("1")).status).toBe("invalid");
  });

  test("does not treat an unknown status as a verdict", async () => {
    const { service: notarytool } = service(answered({ id: "1", status: "Probably" }));
    expect(await notarytool.status("1")).toEqual({ status: "other", text: "Probably" });
  });

  test.each([
    ["no id", answered({ message: "Successfully uploaded file" }), /exit code 0:\nSuccessfully uploaded file/],
    ["a truncated answer", { exitCode: 0, stdout: '{"id":', stderr: "" }, /exit code 0:\n\{"id":/],
    ["no answer", { exitCode: 0, stdout: "", stderr: "" }, /ended with exit code 0/],
  ])("refuses %s", async (_title, result, message) => {
    await expect(service(result).service.submit("a.zip", "a.zip", "")).rejects.toThrow(message);
  });

  const id = "2efe2717-52ef-43a5-96dc-0797e4ca1041";

  test("finds the answer between other lines", async () => {
    const noise = "Conducting pre-submission checks for {tool}.zip and initiating connection\n";
    const stdout = `${noise}${JSON.stringify({ id, status: "Invalid" }, undefined, 2)}\nProcessing complete {\n`;
    const { service: notarytool } = service({ exitCode: 0, stdout, stderr: "objc[1]: Class X is implemented twice" });
    expect((await notarytool.status(id)).status).toBe("invalid");
  });

  test("requires an id of a submission, and exit code 0 of an upload", async () => {
    const failing = service({ ...answered({ id, message: "Upload failed" }), exitCode: 1 });
    const submitted = await failing.service.submit("a.zip", "a.zip", "");
    expect(submitted.id).toBe(id);
    await expect(submitted.upload()).rejects.toThrow(/exit code 1:\nUpload failed/);
  });

  test.each([
    ["status", "Error: HTTP status code: 404. Submission does not exist or does not belong to your team."],
    ["log", "Error: Submission log is not yet available or submissionId does not exist"],
  ] as const)("reports a missing %s with the same status as the REST service", async (what, said) => {
    const { service: notarytool, calls } = service(failed(said));
    await expect(notarytool[what](id)).rejects.toMatchObject({ name: "NotaryHttpError", status: 404 });
    expect(calls.length).toBe(1);
  });

  test("lists recent submissions", async () => {
    const entry = { createdDate: "2026-01-01T00:00:00.000Z", id, name: "a.zip", status: "Accepted" };
    const { service: notarytool, calls } = service(answered({ history: [entry], message: "Successfully received" }));
    expect(await notarytool.list()).toEqual([entry]);
    expect(calls[0]).toMatch(/^xcrun notarytool history --keychain-profile/);
  });
});

describe("storeCredentials", () => {
  const store = async (...results: readonly CommandResult[]): Promise<number> => {
    const queue = [...results];
    let calls = 0;
    const run: CommandRunner = async () => {
      calls += 1;
      return queue.shift() ?? failed("no more answers");
    };
    const world = { ...realWorld(silentReporter, {}), sleep: async () => undefined };
    const credentials = { kind: "apple-id", appleId: "a@b.c", teamId: "T", password: "abcd-efgh-ijkl-mnop" } as const;
    await storeCredentials({ run, world, keychain: "/k" }, credentials);
    return calls;
  };
  const offline = failed("Error: The Internet connection appears to be offline. NSURLErrorDomain Code=-1009");

  test("retries after network errors", async () => {
    expect(await store(offline, offline, { exitCode: 0, stdout: "Credentials saved to Keychain.", stderr: "" })).toBe(
      3,
    );
  });

  test("does not blame the password for a network error", async () => {
    await expect(store(offline, offline, offline, offline)).rejects.toMatchObject({
      message: expect.stringMatching(/could not reach Apple to check the credentials:\n.*offline/),
      advice: expect.stringMatching(/nothing is known to be wrong with the credentials/),
    });
  });

  test("says that the password is wrong without showing it", async () => {
    const failing = store(failed("Error: HTTP status code: 401. Invalid credentials: abcd-efgh-ijkl-mnop"));
    await expect(failing).rejects.toMatchObject({
      message: expect.stringMatching(/did not accept the credentials:\n.*401.*: \*\*\*$/),
      advice: expect.stringMatching(/app-specific/),
    });
  });

  test.each([
    ["A required agreement is missing or has expired.", /account holder must accept/],
    ["Team is not yet configured for notarization.", /enable notarization for the team/],
  ])("gives specific advice for: %s", async (said, advice) => {
    await expect(store(failed(`Error: HTTP status code: 403. ${said}`))).rejects.toMatchObject({
      advice: expect.stringMatching(advice),
    });
  });
});
